import { Session } from './session.ts';

const NOBODY: readonly Session[] = Object.freeze([]);

/**
 * Sessions by user, in the order in which they were added. Nearly every user has one, which needs no list. Adding and
 * removing take the same time however many a user has.
 */
export class ByUser {
  readonly #sessions = new Map<string, Session | Set<Session>>();

  add(session: Session): void {
    const { userId } = session;
    const found = this.#sessions.get(userId);
    if (found === undefined) this.#sessions.set(userId, session);
    else if (found instanceof Session) this.#sessions.set(userId, new Set([found, session]));
    else found.add(session);
  }

  remove(session: Session): void {
    const { userId } = session;
    const found = this.#sessions.get(userId);
    if (found === session) this.#sessions.delete(userId);
    else if (found instanceof Set) {
      found.delete(session);
      if (found.size === 0) this.#sessions.delete(userId);
    }
  }

  /** Valid until the next change. */
  of(userId: string): Iterable<Session> {
    const found = this.#sessions.get(userId);
    if (found === undefined) return NOBODY;
    return found instanceof Session ? [found] : found;
  }

  countOf(userId: string): number {
    const found = this.#sessions.get(userId);
    if (found === undefined) return 0;
    return found instanceof Session ? 1 : found.size;
  }

  oldestOf(userId: string): Session | undefined {
    for (const session of this.of(userId)) return session;
    return undefined;
  }
}
