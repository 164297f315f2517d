import { TURN_STRANGER_SLOTS } from '../../protocol/limits.ts';

/**
 * Counts answers to network addresses that have not authenticated, in a table whose size doesn't depend on how many
 * there are. Addresses that fall on one counter share it: under a flood from forged addresses some strangers wait
 * for their retransmission, but none gets more than its rate.
 */
export class StrangerRate {
  readonly #counts = new Uint8Array(TURN_STRANGER_SLOTS);
  readonly #seed: number;

  /** `seed`: random, so that nobody can tell which addresses share a counter. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Whether the address has had `limit` answers (at most 255) in this second. */
  isSpent(address: string, limit: number): boolean {
    return (this.#counts[this.#slot(address)] ?? 0) >= limit;
  }

  /** Counts one answer; false where the address has had its `limit`. */
  take(address: string, limit: number): boolean {
    const slot = this.#slot(address);
    const count = this.#counts[slot] ?? 0;
    if (count >= limit) return false;
    this.#counts[slot] = count + 1;
    return true;
  }

  /** To be called once a second. */
  nextSecond(): void {
    this.#counts.fill(0);
  }

  /** FNV-1a from a secret start. */
  #slot(address: string): number {
    let hash = this.#seed;
    for (let index = 0; index < address.length; index++) {
      hash = Math.imul(hash ^ address.charCodeAt(index), 0x0100_0193);
    }
    return ((hash ^ (hash >>> 16)) >>> 0) % TURN_STRANGER_SLOTS;
  }
}
