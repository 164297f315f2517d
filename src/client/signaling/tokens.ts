import type { TokenSource } from '../types.ts';

/** Access tokens for one session: when to ask for a fresh one, and when asking again is of no use. */
export class Tokens {
  readonly #source: TokenSource;
  #stale = false;
  #refused = false;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  /** For the next connection. Rejects as the source does. */
  async next(): Promise<string> {
    if (typeof this.#source === 'string') return this.#source;
    const token = await this.#source(this.#stale);
    this.#stale = false;
    return token;
  }

  /** For a session that goes on [SE6]; undefined where there is no source to ask. */
  async renewed(): Promise<string | undefined> {
    if (typeof this.#source === 'string') return undefined;
    this.#stale = true;
    return this.next();
  }

  /** The server let us in with the last one. */
  accepted(): void {
    this.#refused = false;
  }

  /** The server refused the last one, or it expired. @returns whether another try with a fresh one makes sense */
  refused(): boolean {
    if (typeof this.#source === 'string' || this.#refused) return false;
    this.#stale = true;
    this.#refused = true;
    return true;
  }
}
