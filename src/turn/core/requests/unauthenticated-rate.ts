/** Responses per second and kind to one network address over UDP that has no allocation. */
export const UNAUTHENTICATED_RESPONSES = 10;
/** The same if another client at that address has an allocation: people behind one NAT start theirs together. */
export const NEIGHBOUR_RESPONSES = 250;
/** Counters per kind. Addresses share them, however many addresses there are. */
export const RATE_SLOTS = 65_536;

/**
 * Responses are limited in classes, by what a client must show to get them, so that a client with a forged address can only
 * use up the classes open to it:
 * - `binding`: anyone gets it. Clients can do without it, so it mustn't use up what they need.
 * - `challenge`: a 401 or 438, the first step of every client.
 * - `guess`: a 401 to credentials with a nonce that was made for the address, so the address isn't forged.
 */
const KINDS = { binding: 0, challenge: 1, guess: 2 } as const;
export type ResponseKind = keyof typeof KINDS;

/**
 * Counts responses to unauthenticated clients, in a table of fixed size. Addresses with the same hash share a counter: under a
 * flood from forged addresses some clients have to retransmit, but none gets more than its limit.
 */
export class UnauthenticatedRate {
  readonly #counts = new Uint8Array(RATE_SLOTS * Object.keys(KINDS).length);
  readonly #seed: number;

  /** @param seed random, so that an attacker can't tell which addresses share a counter */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Whether the address has had `limit` (at most 255) responses of that kind in this second. */
  isSpent(kind: ResponseKind, address: string, limit: number): boolean {
    return (this.#counts[this.#slot(kind, address)] ?? 0) >= limit;
  }

  /** Counts one response; returns false, counting none, if the limit is reached. */
  take(kind: ResponseKind, address: string, limit: number): boolean {
    const slot = this.#slot(kind, address);
    const count = this.#counts[slot] ?? 0;
    if (count >= limit) return false;
    this.#counts[slot] = count + 1;
    return true;
  }

  /** Starts a new second of counting. */
  nextSecond(): void {
    this.#counts.fill(0);
  }

  /** FNV-1a, seeded. */
  #slot(kind: ResponseKind, address: string): number {
    let hash = this.#seed;
    for (let index = 0; index < address.length; index++) {
      hash = Math.imul(hash ^ address.charCodeAt(index), 0x0100_0193);
    }
    return KINDS[kind] * RATE_SLOTS + (((hash ^ (hash >>> 16)) >>> 0) % RATE_SLOTS);
  }
}
