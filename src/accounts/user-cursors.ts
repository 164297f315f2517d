import * as v from 'valibot';
import { ParleyError } from '../domain/errors.ts';
import { fold } from '../lib/fold.ts';
import { NOT_A_CURSOR } from '../protocol/pages.ts';
import type { UserListPlace } from '../store/contract.ts';

const Place = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictTuple([v.picklist(['name', 'username']), v.string(), v.string()]),
);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Returns the cursor [HT4] of the page after a place. It keeps nothing in memory, so it never grows old. */
export function cursorOf({ foundBy, name, id }: UserListPlace): string {
  return Buffer.from(JSON.stringify([foundBy, name, id])).toString('base64url');
}

/**
 * Returns the place that a cursor names.
 * @param q what the list's names begin with
 * @throws ParleyError `validation_failed` for anything but a cursor of the same list
 */
export function placeOf(cursor: string, q: string): UserListPlace {
  const { success, output } = v.safeParse(Place, textOf(cursor));
  const [foundBy, name, id] = success ? output : [];
  if (foundBy !== undefined && name !== undefined && id !== undefined && name.startsWith(fold(q))) {
    return { foundBy, name, id };
  }
  const error = { path: 'after', message: NOT_A_CURSOR };
  throw new ParleyError('validation_failed', `\`${error.path}\` ${error.message}.`, { errors: [error] });
}

function textOf(cursor: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(cursor, 'base64url'));
  } catch {
    return undefined;
  }
}
