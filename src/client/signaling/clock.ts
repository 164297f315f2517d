/** The SDK's time; tests pass a clock that they advance themselves. */
export interface Clock {
  /** Wall clock in milliseconds since 1970. Unlike timers, it goes on while a laptop sleeps. */
  now(): number;
  /** Calls `run` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

export const browserClock: Clock = Object.freeze({
  now: () => Date.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
});
