import type { Clock } from '../lib/clock.ts';

interface PaceDeps {
  readonly clock: Clock;
  /** Stops early. */
  readonly signal: AbortSignal;
  /** The end (ms, monotonic): nothing is due later. */
  readonly until: number;
  /** Returns the milliseconds from one event to the next. */
  readonly gap: () => number;
  /** @param dueAt when it should have happened (ms, monotonic): latency counts from there */
  readonly fire: (dueAt: number) => void;
}

/** Milliseconds between looks at the clock. */
const TICK_MS = 2;

/** Open loop: fires each event when it is due, whether or not earlier ones were answered; late ones fire too. */
export function pace({ clock, signal, until, gap, fire }: PaceDeps): Promise<void> {
  let dueAt = clock.monotonic() + gap();
  return new Promise((resolve) => {
    const stop = clock.every(TICK_MS, () => {
      const now = clock.monotonic();
      while (dueAt <= now && dueAt <= until && !signal.aborted) {
        fire(dueAt);
        dueAt += gap();
      }
      if (!signal.aborted && dueAt <= until) return;
      stop();
      resolve();
    });
  });
}
