import type { RelayPort } from './allocation.ts';

/** Max reserved ports in all; each counts toward its user's quota too. */
export const MAX_RESERVATIONS = 1_000;
/** How long (ms) the port after an EVEN-PORT allocation's is reserved: the minimum that RFC 8656 §7.2 recommends. */
const RESERVATION_MS = 30_000;
const TOKEN_BYTES = 8;

interface Reservation {
  readonly relay: RelayPort;
  readonly userId: string;
  readonly expiresAt: number;
}

/** Relay ports that wait for an Allocate with their RESERVATION-TOKEN. */
export class Reservations {
  readonly #byToken = new Map<string, Reservation>();
  readonly #randomBytes: (size: number) => Buffer;

  constructor(randomBytes: (size: number) => Buffer) {
    this.#randomBytes = randomBytes;
  }

  get size(): number {
    return this.#byToken.size;
  }

  get isFull(): boolean {
    return this.#byToken.size >= MAX_RESERVATIONS;
  }

  /** Returns the new token. @param now milliseconds of the monotonic clock */
  add(relay: RelayPort, userId: string, now: number): Buffer {
    const token = this.#randomBytes(TOKEN_BYTES);
    this.#byToken.set(token.toString('hex'), { relay, userId, expiresAt: now + RESERVATION_MS });
    return token;
  }

  /** Takes the port reserved for this user; undefined if the token is unknown, expired, used or another user's. */
  redeem(token: Buffer, userId: string): RelayPort | undefined {
    const name = token.toString('hex');
    const reservation = this.#byToken.get(name);
    if (reservation === undefined || reservation.userId !== userId) return undefined;
    this.#byToken.delete(name);
    return reservation.relay;
  }

  /** Removes and returns the reservations that `matches` selects. */
  remove(matches: (reservation: Reservation) => boolean): Reservation[] {
    const removed: Reservation[] = [];
    for (const [token, reservation] of this.#byToken) {
      if (!matches(reservation)) continue;
      this.#byToken.delete(token);
      removed.push(reservation);
    }
    return removed;
  }
}
