import { ByAge } from './by-age.ts';
import { ByUser } from './by-user.ts';
import type { Session } from './session.ts';

/** Every session that has not ended, with one index per lookup key. */
export class Registry {
  readonly #byPeer = new Map<string, Session>();
  readonly #byUser = new ByUser();
  readonly #byAge = new ByAge();

  get size(): number {
    return this.#byPeer.size;
  }

  /** @param beganAt milliseconds since 1970. Restored sessions are added in its order. */
  add(session: Session, beganAt: number): void {
    this.#byAge.add(session, beganAt);
    this.#byPeer.set(session.peerId, session);
    this.#byUser.add(session);
  }

  remove(session: Session): void {
    this.#byAge.remove(session);
    this.#byPeer.delete(session.peerId);
    this.#byUser.remove(session);
  }

  all(): IterableIterator<Session> {
    return this.#byPeer.values();
  }

  /** Those that began after a moment, which is the `beganAt` of one, the oldest first. */
  since(moment: number): Iterable<Session> {
    return this.#byAge.after(moment);
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
