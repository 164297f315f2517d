import type { RoomRecord } from '../rooms/rooms.ts';
import type { Participant } from '../signaling/hub.ts';
import type { StoredMessage } from '../store/contract.ts';
import type { Chatter } from './chatters.ts';

/** Above every id: nothing can be read. */
const NOTHING = '~';

/** Returns the id above which somebody may read [CH3]. */
export function floorOf({ chat }: RoomRecord, { isHost, since }: Pick<Chatter, 'isHost' | 'since'>): string {
  if (chat === 'none' || chat === 'off') return NOTHING;
  return chat === 'all' || isHost ? '' : since;
}

/** Returns who may hear of a message [CH2]: whoever may read it, and what it replies to. */
export function readersOf(
  room: RoomRecord,
  { id, rootId }: Pick<StoredMessage, 'id' | 'rootId'>,
): (participant: Participant) => boolean {
  return ({ host, chatSince }) => (rootId ?? id) > floorOf(room, { isHost: host, since: chatSince });
}
