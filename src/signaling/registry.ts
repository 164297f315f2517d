import { Session } from './session.ts';

const NOBODY: readonly Session[] = Object.freeze([]);

/** Every session that has not ended, by what it is looked up by. */
export class Registry {
  readonly #byPeer = new Map<string, Session>();
  /** One, or several in the order in which they began. */
  readonly #byUser = new Map<string, Session | readonly Session[]>();
  /** By the SHA-256 of each resume token that is good. */
  readonly #byResumeKey = new Map<string, Session>();

  get size(): number {
    return this.#byPeer.size;
  }

  add(session: Session): void {
    this.#byPeer.set(session.peerId, session);
    const others = this.ofUser(session.userId);
    this.#byUser.set(session.userId, others.length === 0 ? session : [...others, session]);
  }

  remove(session: Session): void {
    this.#byPeer.delete(session.peerId);
    this.#byResumeKey.delete(session.resumeKey);
    if (session.previousResumeKey !== undefined) this.#byResumeKey.delete(session.previousResumeKey);
    const left = this.ofUser(session.userId).filter((other) => other !== session);
    if (left.length === 0) this.#byUser.delete(session.userId);
    else this.#byUser.set(session.userId, left);
  }

  all(): IterableIterator<Session> {
    return this.#byPeer.values();
  }

  byPeer(peerId: string): Session | undefined {
    return this.#byPeer.get(peerId);
  }

  ofUser(userId: string): readonly Session[] {
    const found = this.#byUser.get(userId);
    if (found === undefined) return NOBODY;
    return found instanceof Session ? [found] : found;
  }

  byResumeKey(key: string): Session | undefined {
    return this.#byResumeKey.get(key);
  }

  /**
   * Gives a session its next resume token [SE5]: the one that it came back with, if any, stays good until the client
   * has shown that it got the new one; all others are void.
   */
  setResumeKey(session: Session, key: string, cameWith?: string): void {
    for (const old of [session.resumeKey, session.previousResumeKey]) {
      if (old !== undefined && old !== cameWith) this.#byResumeKey.delete(old);
    }
    session.resumeKey = key;
    session.previousResumeKey = cameWith;
    this.#byResumeKey.set(key, session);
    if (cameWith !== undefined) this.#byResumeKey.set(cameWith, session);
  }

  /** The client has the newest token: the one before is void. */
  forgetPreviousKey(session: Session): void {
    if (session.previousResumeKey === undefined) return;
    this.#byResumeKey.delete(session.previousResumeKey);
    session.previousResumeKey = undefined;
  }
}
