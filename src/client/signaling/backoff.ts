/** Upper bound (ms) of the first pause; each further one is twice as long. */
const FIRST_MS = 500;
/** Upper bound (ms) of every pause. */
const MAX_MS = 8_000;
/** Lower bound of a pause, as a share of its upper bound. The rest is random, so that clients don't all return together. */
const MIN_SHARE = 0.5;

export interface Backoff {
  /** Milliseconds to wait before the next try: 0 at first, then doubling, with jitter. */
  next(): number;
  /** Makes the next try the first again. */
  reset(): void;
}

/** @param random returns a number in [0, 1) */
export function createBackoff(random: () => number): Backoff {
  let tries = 0;
  return {
    next() {
      const pauses = tries++;
      if (pauses === 0) return 0;
      const max = Math.min(MAX_MS, FIRST_MS * 2 ** (pauses - 1));
      return Math.round(max * (MIN_SHARE + (1 - MIN_SHARE) * random()));
    },
    reset() {
      tries = 0;
    },
  };
}
