/**
 * The source of time. Whatever reads a clock or sets a timer takes one as a dependency, so that tests can stop time and
 * advance it by hand.
 */
export interface Clock {
  /** Wall clock: milliseconds since 1970. Jumps when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary moment, for durations and deadlines within the process. Never goes back. */
  monotonic(): number;
  /** Calls `run` once after `ms` milliseconds; the returned function cancels it. Doesn't keep the process alive. */
  after(ms: number, run: () => void): () => void;
  /** Calls `run` every `ms` milliseconds until the returned function is called. Doesn't keep the process alive. */
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

/** Browsers return timers as numbers; Node returns objects, which can be told not to keep the process alive. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref();
  }
}
