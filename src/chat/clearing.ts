import type { Clock } from '../lib/clock.ts';
import { createSlices } from '../lib/slices.ts';
import type { ChatStore } from '../store/contract.ts';

/** Milliseconds between two looks for chats that were cleared. */
const SWEEP_MS = 1_000;
/** Max messages and reactions that go in one slice: some milliseconds, which hold up every call. */
export const ROWS_PER_SLICE = 1_000;

/**
 * Removes what was cleared [CH2]. Nobody finds it any more by then, so it can go in slices; those of a process that has died
 * go in the next one.
 */
export function createClearing({
  store,
  clock,
}: {
  readonly store: Pick<ChatStore, 'sweepCleared'>;
  readonly clock: Clock;
}): { close(): void } {
  return createSlices({
    clock,
    everyMs: SWEEP_MS,
    slice: async () => (await store.sweepCleared(ROWS_PER_SLICE)) === ROWS_PER_SLICE,
  });
}
