import * as v from 'valibot';
import { ParleyError } from '../domain/errors.ts';
import { NOT_A_CURSOR } from '../protocol/pages.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Returns the cursor [HT4] of the page after a place in a list. It keeps nothing in memory, so it never grows old. */
export function writeCursor(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Returns the place that a cursor names, or undefined if it isn't a cursor of such places. */
export function readCursor<Place extends v.GenericSchema>(
  schema: Place,
  cursor: string,
): v.InferOutput<Place> | undefined {
  try {
    const place: unknown = JSON.parse(utf8.decode(Buffer.from(cursor, 'base64url')));
    const { success, output } = v.safeParse(schema, place);
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the refusal of an `after` that isn't a cursor of the list. */
export function notACursor(): ParleyError {
  const error = { path: 'after', message: NOT_A_CURSOR };
  return new ParleyError('validation_failed', `\`${error.path}\` ${error.message}.`, { errors: [error] });
}
