import * as v from 'valibot';
import { notACursor, readCursor, writeCursor } from '../lib/cursors.ts';
import { fold } from '../lib/fold.ts';
import type { UserListPlace } from '../store/contract.ts';

const Place = v.strictTuple([v.picklist(['name', 'username']), v.string(), v.string()]);

/** Returns the cursor [HT4] of the page after a place. */
export function cursorOf({ foundBy, name, id }: UserListPlace): string {
  return writeCursor([foundBy, name, id]);
}

/**
 * Returns the place that a cursor names.
 * @param q what the list's names begin with
 * @throws ParleyError `validation_failed` for anything but a cursor of the same list
 */
export function placeOf(cursor: string, q: string): UserListPlace {
  const place = readCursor(Place, cursor);
  if (place === undefined) throw notACursor();
  const [foundBy, name, id] = place;
  if (!name.startsWith(fold(q))) throw notACursor();
  return { foundBy, name, id };
}
