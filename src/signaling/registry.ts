import { Session } from './session.ts';

const NOBODY: readonly Session[] = Object.freeze([]);

/** Every session that has not ended, by what it is looked up by. */
export class Registry {
  readonly #byPeer = new Map<string, Session>();
  /** One, or several in the order in which they began. */
  readonly #byUser = new Map<string, Session | readonly Session[]>();

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
}
