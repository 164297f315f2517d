import * as v from 'valibot';
import { notACursor, readCursor, writeCursor } from '../lib/cursors.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { PresenceItem, PresenceQuery } from '../protocol/control-bodies.ts';
import type { Hub } from '../signaling/hub.ts';

export interface PresencePage {
  readonly items: PresenceItem[];
  readonly nextCursor: string | null;
}

/** By the moment at which the session before began: whoever is connected all the while is on exactly one page. */
const Place = v.strictTuple([v.pipe(v.number(), v.finite())]);

/**
 * Returns who is connected, a page at a time: each session, suspended ones too, in the order in which they began.
 * @throws ParleyError `validation_failed` for a cursor of another list
 */
export function listPresence(
  { presentSince }: Pick<Hub, 'presentSince'>,
  { limit, after }: PresenceQuery,
): PresencePage {
  const items: PresenceItem[] = [];
  let last = after === undefined ? 0 : momentOf(after);
  for (const { roomId, userId, peerId, beganAt } of presentSince(last)) {
    if (items.length === limit) return { items, nextCursor: writeCursor([last]) };
    items.push({ roomId, userId, peerId, since: isoTime(Math.floor(beganAt)) });
    last = beganAt;
  }
  return { items, nextCursor: null };
}

function momentOf(cursor: string): number {
  const place = readCursor(Place, cursor);
  if (place === undefined) throw notACursor();
  return place[0];
}
