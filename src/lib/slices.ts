import { type Awaitable, andThen } from './awaitable.ts';
import type { Clock } from './clock.ts';

interface SlicesDeps {
  readonly clock: Clock;
  /** Milliseconds between two checks for work. */
  readonly everyMs: number;
  /** Does a bounded part of the work, and tells whether there may be more. */
  readonly slice: () => Awaitable<boolean>;
  /**
   * When the first work after a moment falls due, in milliseconds since 1970; null for none. With it, work is done on time;
   * without it, up to `everyMs` late.
   */
  readonly nextAfter?: (moment: number) => Awaitable<number | null>;
}

interface Slices {
  /** Call it when work will fall due at this time that the last check didn't know of. */
  expect(at: number): void;
  close(): void;
}

/** Milliseconds between two slices of the same work, in which others are served. */
export const BETWEEN_SLICES_MS = 20;

/** Background work, done one slice at a time so that it never stalls the event loop. */
export function createSlices({ clock, everyMs, slice, nextAfter }: SlicesDeps): Slices {
  let cancelNext: (() => void) | undefined;
  let nextAt = Number.POSITIVE_INFINITY;
  let isRunning = false;
  let isClosed = false;

  function run(): Awaitable<void> {
    cancelNext?.();
    cancelNext = undefined;
    nextAt = Number.POSITIVE_INFINITY;
    // What falls due while a slice runs is found when that has ended.
    if (isRunning) return;
    const startedAt = clock.now();
    const more = slice();
    if (!(more instanceof Promise)) return proceed(more, startedAt);
    isRunning = true;
    const ended = more.finally(() => {
      isRunning = false;
    });
    return ended.then((value) => proceed(value, startedAt));
  }

  function proceed(more: boolean, startedAt: number): Awaitable<void> {
    const soonest = clock.now() + BETWEEN_SLICES_MS;
    if (more) return expect(soonest);
    if (nextAfter === undefined) return;
    return andThen(nextAfter(startedAt), (at) => {
      if (at !== null) expect(Math.max(at, soonest));
    });
  }

  /** Later work than the next check's is left to that check, which also bears a clock that was set. */
  function expect(at: number): void {
    const ms = at - clock.now();
    if (isClosed || ms >= everyMs || at >= nextAt) return;
    cancelNext?.();
    nextAt = at;
    cancelNext = clock.after(Math.max(ms, 0), run);
  }

  const stop = clock.every(everyMs, run);
  return {
    expect,
    close() {
      isClosed = true;
      stop();
      cancelNext?.();
    },
  };
}
