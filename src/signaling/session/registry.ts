import { ByUser } from './by-user.ts';
import type { Session } from './session.ts';

/** Every session that has not ended, with one index per lookup key. */
export class Registry {
  readonly #byPeer = new Map<string, Session>();
  readonly #byUser = new ByUser();

  get size(): number {
    return this.#byPeer.size;
  }

  add(session: Session): void {
    this.#byPeer.set(session.peerId, session);
    this.#byUser.add(session);
  }

  remove(session: Session): void {
    this.#byPeer.delete(session.peerId);
    this.#byUser.remove(session);
  }

  all(): IterableIterator<Session> {
    return this.#byPeer.values();
  }

  byPeer(peerId: string): Session | undefined {
    return this.#byPeer.get(peerId);
  }

  /** In the order in which they began. */
  ofUser(userId: string): Session[] {
    return [...this.#byUser.of(userId)];
  }

  countOf(userId: string): number {
    return this.#byUser.countOf(userId);
  }
}
