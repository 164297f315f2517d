import * as v from 'valibot';
import type { Knocks } from '../live-rooms/knocks.ts';
import { SavedKnock, saveKnock } from './saved-knocks.ts';
import { SavedIdentity, SavedProfile } from './snapshot.ts';

/** Somebody who waits without a session, because the knock came over HTTP. */
const SavedWaiter = v.object({
  waiter: v.object({ identity: SavedIdentity, profile: SavedProfile }),
  knock: SavedKnock,
});
export type SavedWaiter = v.InferOutput<typeof SavedWaiter>;

/** @returns a row of JSON text for each. @param now the clock's monotonic milliseconds */
export function saveWaiters(knocks: Pick<Knocks, 'all'>, now: number): string[] {
  return [...knocks.all()]
    .filter(({ session }) => session === undefined)
    .map((knock) => {
      const { identity, profile } = knock;
      return JSON.stringify({
        waiter: { identity, profile },
        knock: saveKnock(knock, now),
      } satisfies SavedWaiter);
    });
}

/** @returns undefined for text that `saveWaiters` didn't write */
export function parseSavedWaiter(row: string): SavedWaiter | undefined {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), SavedWaiter), row);
  return success ? output : undefined;
}
