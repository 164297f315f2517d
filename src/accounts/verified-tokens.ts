import { hash } from 'node:crypto';
import type { Identity } from '../domain/identity.ts';
import { TOKEN_CHARACTERS, VERIFIED_TOKEN_MS, VERIFIED_TOKENS } from '../protocol/limits.ts';

interface Entry {
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Who stands behind tokens that were verified a short while ago: a page shows the same one with each request, with its
 * WebSocket, and whenever it resumes. A token is looked up by its SHA-256, so that nothing here could be used as one.
 * Whether its login was ended is not remembered, and must be asked each time.
 */
export class VerifiedTokens {
  /** The oldest first. */
  readonly #entries = new Map<string, Entry>();

  /** @param now milliseconds since 1970. @returns undefined for one that has to be verified (again) */
  get(token: string, now: number): Identity | undefined {
    if (token.length > TOKEN_CHARACTERS) return undefined;
    const key = keyOf(token);
    const entry = this.#entries.get(key);
    if (entry === undefined || now < entry.until) return entry?.identity;
    this.#entries.delete(key);
    return undefined;
  }

  add(token: string, identity: Identity, now: number): void {
    const key = keyOf(token);
    this.#entries.delete(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < VERIFIED_TOKENS) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { identity, until: Math.min(identity.expiresAt, now + VERIFIED_TOKEN_MS) });
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  get size(): number {
    return this.#entries.size;
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
