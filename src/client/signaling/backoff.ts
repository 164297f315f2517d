/** Milliseconds of the longest first pause, and of the longest at all. */
const FIRST_MS = 500;
const LONGEST_MS = 8_000;
/** The least part of a pause: below it, a thousand clients would come back in one heap. */
const LEAST = 0.5;

export interface Backoff {
  /** Milliseconds to wait before the next try: 0 at first, then doubling, with jitter. */
  next(): number;
  /** The line has held: the next try is the first again. */
  reset(): void;
}

/** @param random a number in [0, 1) */
export function createBackoff(random: () => number): Backoff {
  let tries = 0;
  return {
    next() {
      const step = tries++;
      if (step === 0) return 0;
      const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (step - 1));
      return Math.round(longest * (LEAST + (1 - LEAST) * random()));
    },
    reset() {
      tries = 0;
    },
  };
}
