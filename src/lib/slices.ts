import type { Clock } from './clock.ts';

interface SlicesDeps {
  readonly clock: Clock;
  /** Milliseconds between two looks for work. */
  readonly everyMs: number;
  /** Does a bounded part of the work. @returns whether there may be more */
  readonly slice: () => boolean;
}

/** Milliseconds between two slices of the same work: whoever waits meanwhile is served in between. */
export const BETWEEN_SLICES_MS = 20;

/** Work that comes due by itself, done a slice at a time so that it never holds up the event loop for long. */
export function createSlices({ clock, everyMs, slice }: SlicesDeps): { close(): void } {
  let cancelNext: (() => void) | undefined;

  function run(): void {
    cancelNext = undefined;
    if (slice()) cancelNext = clock.after(BETWEEN_SLICES_MS, run);
  }

  const stop = clock.every(everyMs, () => {
    if (cancelNext === undefined) run();
  });
  return {
    close() {
      stop();
      cancelNext?.();
    },
  };
}
