import { BoundedMap } from '../lib/bounded-map.ts';
import { ACCESS_TOKEN_MS } from '../protocol/limits.ts';
import type { LoginStore } from '../store/contract.ts';
import { CLOCK_LEEWAY_MS } from './claims.ts';

/** Milliseconds after a login's end in which one of its access tokens may be alive: 15.5 minutes. */
export const LAST_TOKEN_MS = ACCESS_TOKEN_MS + CLOCK_LEEWAY_MS;
/** Max revoked logins in memory, about 10 MB. If more end within `LAST_TOKEN_MS`, the store is asked. */
export const REVOKED_LOGINS = 65_536;

/**
 * Logins that ended while access tokens of theirs may still be alive, so that no token costs a query. An older login
 * needs no entry: all its tokens have expired.
 */
export class RevokedLogins {
  /** When the last access token of each has expired: milliseconds since 1970. */
  readonly #deadAt = new BoundedMap<string, number>(REVOKED_LOGINS);
  /** Until then (milliseconds since 1970) memory lacks logins that it had to forget too early. */
  #incompleteUntil = 0;

  /** Reads those that matter at `now`, in milliseconds since 1970. */
  static async load(logins: Pick<LoginStore, 'revokedSince'>, now: number): Promise<RevokedLogins> {
    const revoked = new RevokedLogins();
    // One more than fits shows whether all fit.
    for (const { id, revokedAt } of await logins.revokedSince(now - LAST_TOKEN_MS, REVOKED_LOGINS + 1)) {
      revoked.add(id, revokedAt);
    }
    return revoked;
  }

  /** @param revokedAt milliseconds since 1970 */
  add(loginId: string, revokedAt: number): void {
    const forgotten = this.#deadAt.set(loginId, revokedAt + LAST_TOKEN_MS);
    if (forgotten !== undefined) this.#incompleteUntil = Math.max(this.#incompleteUntil, forgotten);
  }

  /** Whether the login was revoked; undefined if only the store knows. */
  has(loginId: string, now: number): boolean | undefined {
    if (this.#deadAt.has(loginId)) return true;
    return now < this.#incompleteUntil ? undefined : false;
  }

  /** Forgets logins of which no access token can be alive at `now`. */
  forgetDead(now: number): void {
    for (const [loginId, deadAt] of this.#deadAt.entries()) {
      if (deadAt > now) return;
      this.#deadAt.delete(loginId);
    }
  }

  get size(): number {
    return this.#deadAt.size;
  }
}
