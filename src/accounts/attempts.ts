/** A limit on how often something may be tried, counted by a key: a user, a network address. */
export interface Attempts {
  /** Counts one attempt. @returns milliseconds to wait before the next; 0: go ahead */
  take(key: string): number;
  /** Takes one attempt back: it was a good one. */
  giveBack(key: string): void;
}
