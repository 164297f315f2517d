import type { TokenSource } from '../types.ts';

/** A session's access tokens: decides when to ask the source for a fresh one, and when asking again is useless. */
export class Tokens {
  readonly #source: TokenSource;
  #needsFresh = false;
  #refused = false;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  /** Resolves with the token for the next connection; rejects as the source does. */
  async next(): Promise<string> {
    if (typeof this.#source === 'string') return this.#source;
    const token = await this.#source(this.#needsFresh);
    this.#needsFresh = false;
    return token;
  }

  /** Resolves with a fresh token for the session that goes on [SE6]; undefined if the source is a string. */
  async renew(): Promise<string | undefined> {
    if (typeof this.#source === 'string') return undefined;
    this.#needsFresh = true;
    return this.next();
  }

  /** Records that the server accepted the last token. */
  markAccepted(): void {
    this.#refused = false;
  }

  /** Records that the server refused the last token, or that it expired. Returns whether a fresh one is worth a try. */
  markRefused(): boolean {
    if (typeof this.#source === 'string' || this.#refused) return false;
    this.#needsFresh = true;
    this.#refused = true;
    return true;
  }
}
