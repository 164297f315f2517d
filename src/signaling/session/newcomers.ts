import type { Ids, PeerId, ResumeToken } from '../../domain/ids.ts';
import { resumeKey, resumeToken } from './resume-token.ts';

/** How many are made at once. */
export const BATCH = 32;

/** The names and secrets of a session that nobody has begun yet. */
export interface Newcomer {
  readonly peerId: PeerId;
  readonly token: ResumeToken;
  /** Of `token`. */
  readonly key: string;
}

/**
 * Made ahead, many at a time: to hash among other hashes takes a fifth of what it takes in the middle of a connect, where
 * neither its code nor its data is in the processor's caches.
 */
export class Newcomers {
  readonly #ids: Ids;
  /** The next one is the last. */
  #ready: Newcomer[] = [];

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  next(): Newcomer {
    if (this.#ready.length === 0) {
      this.#ready = Array.from({ length: BATCH }, () => this.#make()).reverse();
    }
    return this.#ready.pop() ?? this.#make();
  }

  #make(): Newcomer {
    const peerId = this.#ids.peerId();
    const token = resumeToken(this.#ids.secret(), peerId);
    return { peerId, token, key: resumeKey(token) };
  }
}
