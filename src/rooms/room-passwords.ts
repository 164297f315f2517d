import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createAllowance } from '../accounts/allowance.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import type { TurnOf } from '../lib/fair-turns.ts';
import { normalized, type Passwords } from '../lib/passwords.ts';
import { perMinute } from '../lib/throttle.ts';
import { RECENT_ROOMS } from './recent-rooms.ts';

/** Wrong room passwords per minute, by user and by network address (IPv6: /64) [RM7]. */
export const WRONG_PASSWORDS_PER_MINUTE = 10;
/** Wrong room passwords per minute that each user has to itself: no neighbour can spend them [RM7]. */
export const OWN_GUESSES_PER_MINUTE = 3;

/** A room's password as it is stored. */
export interface StoredPassword {
  readonly roomId: string;
  readonly passwordHash: string;
}

interface RoomPasswordsDeps {
  readonly passwords: Pick<Passwords, 'hash' | 'verify'>;
  readonly clock: Clock;
  /** Secret of the digests in memory, 32 bytes. */
  readonly key?: Buffer;
}

interface Known {
  readonly passwordHash: string;
  readonly digest: Buffer;
}

/**
 * Checks room passwords. A right one is remembered as a keyed digest, in memory only, so that later joins don't cost a
 * password hash, which is half a second of a core.
 */
export class RoomPasswords {
  readonly #passwords: Pick<Passwords, 'verify'>;
  readonly #guesses;
  readonly #key: Buffer;
  /** By room. */
  readonly #known = new BoundedMap<string, Known>(RECENT_ROOMS);
  /** Checks that run or wait, by room and password. The bound on waiting hashes bounds this map too. */
  readonly #checks = new Map<string, Promise<boolean>>();

  constructor({ passwords, clock, key = randomBytes(32) }: RoomPasswordsDeps) {
    this.#passwords = passwords;
    this.#key = key;
    this.#guesses = createAllowance({
      clock,
      user: perMinute(WRONG_PASSWORDS_PER_MINUTE),
      own: perMinute(OWN_GUESSES_PER_MINUTE),
      network: perMinute(WRONG_PASSWORDS_PER_MINUTE),
      what: 'wrong passwords',
      limit: 'room_passwords',
    });
  }

  /**
   * Counts wrong passwords only: for the user who guessed, and then for its network [RM7].
   * @throws ParleyError `rate_limited` after too many guesses, or when too many passwords are being hashed
   */
  async isRight(attempt: string, stored: StoredPassword, of: TurnOf): Promise<boolean> {
    const guess = this.#guesses.spend(of);
    let isWrong = false;
    try {
      isWrong = !(await this.#matches(attempt, stored, of));
    } finally {
      if (!isWrong) guess.giveBack();
    }
    if (isWrong) this.#guesses.countFor(of.network);
    return !isWrong;
  }

  /** Replaces the room's password. */
  remember(password: string, stored: StoredPassword): void {
    const { roomId, passwordHash } = stored;
    this.#known.set(roomId, { passwordHash, digest: this.#digest(password, stored) });
  }

  /** Call it when the room is removed. */
  forget(roomId: string): void {
    this.#known.delete(roomId);
  }

  get size(): number {
    return this.#known.size;
  }

  async #matches(attempt: string, stored: StoredPassword, of: TurnOf): Promise<boolean> {
    // Compared again when its turn to hash comes: of a class that joins at once, only a few passwords are hashed.
    const known = () => this.#compare(attempt, stored);
    const isRight = known() ?? (await this.#verify(attempt, stored, of, known));
    if (isRight && known() === undefined) this.remember(attempt, stored);
    return isRight;
  }

  /** If too many passwords wait to be hashed, takes the answer to an equal attempt that is being hashed already. */
  async #verify(
    attempt: string,
    stored: StoredPassword,
    of: TurnOf,
    known: () => boolean | undefined,
  ): Promise<boolean> {
    const key = `${stored.passwordHash} ${this.#digest(attempt, stored).toString('base64')}`;
    const check = this.#passwords.verify(attempt, stored.passwordHash, of, known);
    const isFirst = !this.#checks.has(key);
    if (isFirst) this.#checks.set(key, check);
    try {
      return await check;
    } catch (refusal) {
      const other = isFirst ? undefined : this.#checks.get(key);
      if (other === undefined) throw refusal;
      return await other;
    } finally {
      if (isFirst) this.#checks.delete(key);
    }
  }

  /** @returns undefined if the password isn't remembered, or was changed since */
  #compare(attempt: string, stored: StoredPassword): boolean | undefined {
    const known = this.#known.get(stored.roomId);
    if (known?.passwordHash !== stored.passwordHash) return undefined;
    return timingSafeEqual(known.digest, this.#digest(attempt, stored));
  }

  /** Of the form that the hash was made of. It includes the room, so that equal passwords have different digests. */
  #digest(password: string, { roomId, passwordHash }: StoredPassword): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${roomId} ${normalized(password, passwordHash)}`)
      .digest();
  }
}
