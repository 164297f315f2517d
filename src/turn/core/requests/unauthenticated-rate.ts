/** Addresses share this many counters of answers, whatever the number of addresses. */
const TURN_STRANGER_SLOTS = 65_536;

/**
 * Answers are counted apart by what they take to get, so that whoever forges an address spends only what forgers can have:
 * - `binding`: anybody's question. Clients live without the answer, so it must not spend what they need.
 * - `challenge`: a 401 or 438, the first step of every client.
 * - `guess`: a 401 to credentials under a nonce that the address was given, so it is no forgery.
 */
const KINDS = { binding: 0, challenge: 1, guess: 2 } as const;
export type AnswerKind = keyof typeof KINDS;

/**
 * Counts answers to network addresses that have not authenticated, in a table whose size doesn't depend on how many
 * there are. Addresses that fall on one counter share it: under a flood from forged addresses some strangers wait
 * for their retransmission, but none gets more than its rate.
 */
export class StrangerRate {
  readonly #counts = new Uint8Array(TURN_STRANGER_SLOTS * Object.keys(KINDS).length);
  readonly #seed: number;

  /** `seed`: random, so that nobody can tell which addresses share a counter. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Whether the address has had `limit` answers of that kind (at most 255) in this second. */
  isSpent(kind: AnswerKind, address: string, limit: number): boolean {
    return (this.#counts[this.#slot(kind, address)] ?? 0) >= limit;
  }

  /** Counts one answer; false if the address has had its `limit`. */
  take(kind: AnswerKind, address: string, limit: number): boolean {
    const slot = this.#slot(kind, address);
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
  #slot(kind: AnswerKind, address: string): number {
    let hash = this.#seed;
    for (let index = 0; index < address.length; index++) {
      hash = Math.imul(hash ^ address.charCodeAt(index), 0x0100_0193);
    }
    return KINDS[kind] * TURN_STRANGER_SLOTS + (((hash ^ (hash >>> 16)) >>> 0) % TURN_STRANGER_SLOTS);
  }
}
