/**
 * Where time comes from. Everything that reads a clock or sets a timer takes one of these, so that a test
 * can hold time still and move it by hand.
 */
export interface Clock {
  /** Wall clock, in milliseconds since 1970. May jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds from an arbitrary point; never goes back. For durations and deadlines within the process. */
  monotonic(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. The timer does not keep the process alive. */
  after(ms: number, run: () => void): () => void;
  /** Calls `run` each `ms` until the returned function is called. Does not keep the process alive. */
  every(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    unref(timer);
    return () => clearTimeout(timer);
  },
  every(ms: number, run: () => void) {
    const timer = setInterval(run, ms);
    unref(timer);
    return () => clearInterval(timer);
  },
});

/** Browsers number their timers; Node's are objects that can be told not to hold the process. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref();
  }
}
