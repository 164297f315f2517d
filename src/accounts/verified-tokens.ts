import type { Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { tokenKey } from '../lib/secrets.ts';

/** Characters of an access token; a longer one is refused unread. */
export const TOKEN_CHARACTERS = 8_192;

/** Max verified tokens that are remembered. */
export const VERIFIED_TOKENS = 4_096;
/** Max milliseconds that one is remembered: as long as jose keeps a trusted issuer's keys by default. */
export const VERIFIED_TOKEN_MS = 600_000;

interface Verified {
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Identities behind tokens that were verified recently. A page shows the same token with each request, with its
 * WebSocket, and whenever it resumes. Tokens are looked up by their SHA-256, so nothing here could be used as one.
 * The caller has to check whether the login was revoked since.
 */
export class VerifiedTokens {
  readonly #byHash = new BoundedMap<string, Verified>(VERIFIED_TOKENS);

  /** @param now milliseconds since 1970. @returns undefined if the token has to be verified (again) */
  get(token: string, now: number): Identity | undefined {
    if (token.length > TOKEN_CHARACTERS) return undefined;
    const key = tokenKey(token);
    const verified = this.#byHash.get(key);
    if (verified === undefined || now < verified.until) return verified?.identity;
    this.#byHash.delete(key);
    return undefined;
  }

  add(token: string, identity: Identity, now: number): void {
    const until = Math.min(identity.expiresAt, now + VERIFIED_TOKEN_MS);
    this.#byHash.set(tokenKey(token), { identity, until });
  }

  /** Forgets all tokens of a user. Looks at every token: not for what happens often. */
  forgetUser(userId: UserId): void {
    for (const [key, { identity }] of this.#byHash.entries()) {
      if (identity.userId === userId) this.#byHash.delete(key);
    }
  }

  keys(): IterableIterator<string> {
    return this.#byHash.keys();
  }

  get size(): number {
    return this.#byHash.size;
  }
}
