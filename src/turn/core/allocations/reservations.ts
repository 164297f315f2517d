import type { RelayPort } from './allocation.ts';

/** Ports held for RESERVATION-TOKENs, each for 30 s; they count in their user's quota too. */
export const TURN_RESERVATIONS = 1_000;

/** RFC 8656 §7.2: the port next to an EVEN-PORT allocation is held for at least 30 s. */
const RESERVATION_MS = 30_000;
const TOKEN_BYTES = 8;

interface Reservation {
  readonly relay: RelayPort;
  readonly userId: string;
  readonly expiresAt: number;
}

/** Relay ports that wait for the Allocate which brings their RESERVATION-TOKEN. */
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
    return this.#byToken.size >= TURN_RESERVATIONS;
  }

  /** The token to hand out. */
  hold(relay: RelayPort, userId: string, now: number): Buffer {
    const token = this.#randomBytes(TOKEN_BYTES);
    this.#byToken.set(token.toString('hex'), { relay, userId, expiresAt: now + RESERVATION_MS });
    return token;
  }

  /** The port that was held for this user; undefined: unknown, expired, used, or another user's. */
  redeem(token: Buffer, userId: string): RelayPort | undefined {
    const name = token.toString('hex');
    const held = this.#byToken.get(name);
    if (held === undefined || held.userId !== userId) return undefined;
    this.#byToken.delete(name);
    return held.relay;
  }

  /** Takes out what `ended` says: expired ones, or a user's. */
  release(ended: (reservation: Reservation) => boolean): Reservation[] {
    const out: Reservation[] = [];
    for (const [token, reservation] of this.#byToken) {
      if (!ended(reservation)) continue;
      this.#byToken.delete(token);
      out.push(reservation);
    }
    return out;
  }
}
