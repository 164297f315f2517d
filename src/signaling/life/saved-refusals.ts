import * as v from 'valibot';
import { UserIdField, Uuid } from '../../protocol/fields.ts';
import type { KnockBounds } from '../live-rooms/knock-bounds.ts';

/** Somebody whom a host has refused a moment ago, and who may not knock again yet [KN3]. */
const SavedRefusal = v.object({
  refused: v.object({ roomId: Uuid, userId: UserIdField, remainingMs: v.number() }),
});
export type SavedRefusal = v.InferOutput<typeof SavedRefusal>;

/** @returns a row of JSON text for each. @param now the clock's monotonic milliseconds */
export function saveRefusals(bounds: Pick<KnockBounds, 'refusals'>, now: number): string[] {
  return [...bounds.refusals()]
    .filter(({ until }) => until > now)
    .map(({ roomId, userId, until }) =>
      JSON.stringify({ refused: { roomId, userId, remainingMs: until - now } } satisfies SavedRefusal),
    );
}

/** @returns undefined for text that `saveRefusals` didn't write */
export function parseSavedRefusal(row: string): SavedRefusal | undefined {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), SavedRefusal), row);
  return success ? output : undefined;
}

/** @param from when the pauses go on, in the clock's monotonic milliseconds: they don't stand still while the server is down */
export function restoreRefusals(
  saved: readonly SavedRefusal[],
  bounds: Pick<KnockBounds, 'restore'>,
  from: number,
): void {
  for (const { refused } of saved) bounds.restore({ ...refused, until: from + refused.remainingMs });
}
