import type { Clock } from '../lib/clock.ts';

interface PaceDeps {
  readonly clock: Clock;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Milliseconds, monotonic; none is due later. */
  readonly until: number;
  /** Milliseconds from one to the next. */
  readonly gap: () => number;
  /** @param dueAt milliseconds, monotonic: when it should have happened, the time that latency counts from */
  readonly fire: (dueAt: number) => void;
}

/** Milliseconds between looks at the clock: timers are no finer. */
const TICK_MS = 2;

/** Open loop: fires what is due whether or not the one before has been answered, and skips none when it is late. */
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
