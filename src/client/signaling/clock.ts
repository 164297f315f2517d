/** Time for the SDK; tests pass a clock that stands still. */
export interface Clock {
  /** Wall clock in milliseconds: it moves on while a laptop sleeps, which timers don't. */
  now(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

export const browserClock: Clock = Object.freeze({
  now: () => Date.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
});
