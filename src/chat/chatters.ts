import type { Identity, Profile } from '../domain/identity.ts';
import type { PeerId, RoomId, UserId } from '../domain/ids.ts';
import type { SendKind } from '../protocol/room-fields.ts';
import type { Answer, Hub, Participant } from '../signaling/hub.ts';

/** Somebody who reads or writes the chat of a room. How they reached the server makes no difference. */
export interface Chatter {
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** Null over HTTP. */
  readonly peerId: PeerId | null;
  readonly displayName: string | null;
  readonly isInside: boolean;
  readonly isHost: boolean;
  /** Whether it may write [RM6]. */
  readonly maySend: boolean;
  /** Under `since_join` it reads the messages with ids above this one, unless it is a host. */
  readonly since: string;
  /** Gets what all are told as the answer to its message. Over HTTP nobody does. */
  readonly answer: Answer | undefined;
}

/** What the room and the token of somebody who comes by HTTP allow. */
export interface ChatRights {
  readonly host: boolean;
  readonly send: readonly SendKind[];
}

/** Returns somebody who speaks from inside the room. */
export function peerChatter(participant: Participant, re: number | undefined): Chatter {
  const { peerId, userId, displayName, host, send, chatSince, recipient } = participant;
  return {
    roomId: participant.room.roomId,
    userId,
    peerId,
    displayName,
    isInside: true,
    isHost: host,
    maySend: send.includes('chat'),
    since: chatSince,
    answer: { recipient, re },
  };
}

interface HttpChatterDeps {
  readonly liveRooms: Pick<Hub['liveRooms'], 'membersOf' | 'isInside' | 'heldSince'>;
  /** How others see a user whose identity was verified in this turn of the event loop. */
  readonly profileOf: (userId: UserId) => Profile;
}

/** Returns somebody who comes by HTTP: inside if a session of the same user is, or a place is held for it. */
export function httpChatter(
  identity: Identity,
  roomId: RoomId,
  { host, send }: ChatRights,
  { liveRooms, profileOf }: HttpChatterDeps,
): Chatter {
  const { userId, room: claim } = identity;
  const peers = liveRooms.membersOf(roomId).filter((member) => member.userId === userId);
  const newest = peers.at(-1);
  return {
    roomId,
    userId,
    peerId: null,
    displayName: newest?.displayName ?? claim?.name ?? profileOf(userId).displayName,
    isInside: liveRooms.isInside(roomId, userId),
    isHost: host || peers.some((peer) => peer.host),
    maySend: send.includes('chat'),
    since: peers[0]?.chatSince ?? liveRooms.heldSince(roomId, userId) ?? '',
    answer: undefined,
  };
}
