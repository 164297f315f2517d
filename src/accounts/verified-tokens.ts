import { hash } from 'node:crypto';
import { VERIFIED_TOKEN_MS, VERIFIED_TOKENS } from '../protocol/limits.ts';
import type { Claims } from './claims.ts';

export interface VerifiedToken extends Claims {
  /** By whom it was signed: `own` is us, or a backend that shares our secret. */
  readonly signer: 'own' | 'trusted';
}

interface Entry {
  readonly token: VerifiedToken;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Tokens whose signature was verified a short while ago: a page shows the same one with each request, with its
 * WebSocket, and whenever it resumes. A token is looked up by its SHA-256, so that nothing here could be used as one.
 * Whether its login was ended is not remembered, and must be asked each time.
 */
export class VerifiedTokens {
  /** The oldest first. */
  readonly #entries = new Map<string, Entry>();

  /** @param now milliseconds since 1970. @returns undefined for one that has to be verified (again) */
  get(key: string, now: number): VerifiedToken | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || now < entry.until) return entry?.token;
    this.#entries.delete(key);
    return undefined;
  }

  add(key: string, token: VerifiedToken, now: number): void {
    const until = Math.min(token.expiresAt, now + VERIFIED_TOKEN_MS);
    this.#entries.delete(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < VERIFIED_TOKENS) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { token, until });
  }

  get size(): number {
    return this.#entries.size;
  }
}

export function tokenKey(token: string): string {
  return hash('sha256', token, 'base64url');
}
