import type { Awaitable } from './awaitable.ts';
import type { Clock } from './clock.ts';

interface SlicesDeps {
  readonly clock: Clock;
  /** Milliseconds between two checks for work. */
  readonly everyMs: number;
  /** Does a bounded part of the work, and tells whether there may be more. */
  readonly slice: () => Awaitable<boolean>;
}

/** Milliseconds between two slices of the same work, in which others are served. */
export const BETWEEN_SLICES_MS = 20;

/** Background work, done one slice at a time so that it never stalls the event loop. */
export function createSlices({ clock, everyMs, slice }: SlicesDeps): { close(): void } {
  let cancelNext: (() => void) | undefined;
  let isRunning = false;
  let isClosed = false;

  function run(): Awaitable<void> {
    cancelNext = undefined;
    const more = slice();
    if (!(more instanceof Promise)) return proceed(more);
    isRunning = true;
    return more.then(proceed).finally(() => {
      isRunning = false;
    });
  }

  function proceed(more: boolean): void {
    if (more && !isClosed) cancelNext = clock.after(BETWEEN_SLICES_MS, run);
  }

  const stop = clock.every(everyMs, () => (cancelNext === undefined && !isRunning ? run() : undefined));
  return {
    close() {
      isClosed = true;
      stop();
      cancelNext?.();
    },
  };
}
