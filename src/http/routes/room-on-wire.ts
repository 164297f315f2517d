import type { Room } from '../../protocol/room-fields.ts';
import type { RoomRecord } from '../../rooms/rooms.ts';
import type { HttpDeps } from '../server/deps.ts';

/** Returns a room as clients see it: with the number of people inside, not who they are. */
export function roomOnWire(record: RoomRecord, liveRooms: HttpDeps['liveRooms']): Room {
  return { ...record, participants: liveRooms.countIn(record.id) };
}
