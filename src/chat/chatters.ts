import type { Identity } from '../domain/identity.ts';
import type { PeerId, RoomId, UserId } from '../domain/ids.ts';
import { mayModerate } from '../domain/scope.ts';
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

/** Returns somebody who comes by HTTP: inside if a session of the same user is. */
export function httpChatter(
  identity: Identity,
  room: { readonly id: RoomId; readonly ownerId: UserId | null },
  liveRooms: Pick<Hub['liveRooms'], 'membersOf'>,
): Chatter {
  const { userId } = identity;
  const peers = liveRooms.membersOf(room.id).filter((member) => member.userId === userId);
  const newest = peers.at(-1);
  return {
    roomId: room.id,
    userId,
    peerId: null,
    displayName: newest?.displayName ?? null,
    isInside: newest !== undefined,
    isHost: mayModerate(identity, room) || peers.some(({ host }) => host),
    maySend: newest?.send.includes('chat') ?? false,
    since: peers[0]?.chatSince ?? '',
    answer: undefined,
  };
}
