import type { ServerPayload } from '../../protocol/events.ts';
import type { IceServer } from '../../protocol/fields.ts';
import type { Room } from '../../protocol/room-fields.ts';
import type { LiveRoom } from './live-room.ts';
import type { Participant } from './participant.ts';

const NOTHING_SHARED = Object.freeze({});

interface Found {
  /** As clients see it. */
  readonly room: Room;
  readonly inside: LiveRoom;
  readonly iceServers: IceServer[];
  readonly lastId: string | null;
}

/** What a newcomer is told of itself and of what it found inside [RM1]. */
export function joinedReply(
  newcomer: Participant,
  { room, inside, iceServers, lastId }: Found,
): ServerPayload<'room:joined'> {
  return {
    room,
    peerId: newcomer.peerId,
    peers: inside.peersBut(newcomer),
    iceServers,
    you: { host: newcomer.host, send: [...newcomer.send] },
    data: inside.data?.toObject() ?? NOTHING_SHARED,
    chat: { lastId },
  };
}
