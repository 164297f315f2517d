import type { Session } from './session.ts';

/** What a session's moment is later at least than that of the one before: 1,024 can begin in a millisecond. */
const STEP_MS = 1 / 1_024;
/** Gaps that are left without a thought. */
const GAPS_MIN = 1_024;

/**
 * Sessions in the order in which they began, each with a moment of its own. A reader that remembers the moment of the last
 * one it saw goes on there, whoever has come and gone meanwhile. Adding takes the same time however many there are, removing
 * and finding the place O(log n).
 */
export class ByAge {
  /** Ascending. */
  #moments: number[] = [];
  /** Undefined: it has ended. At most half of them are, but for `GAPS_MIN`. */
  #sessions: (Session | undefined)[] = [];
  #gaps = 0;

  /** @param at when it began, in milliseconds since 1970. What the session gets is later than that of all others. */
  add(session: Session, at: number): void {
    session.beganAt = Math.max(at, (this.#moments.at(-1) ?? 0) + STEP_MS);
    this.#moments.push(session.beganAt);
    this.#sessions.push(session);
  }

  remove(session: Session): void {
    const index = this.#firstAfter(session.beganAt) - 1;
    if (this.#sessions[index] !== session) return;
    this.#sessions[index] = undefined;
    this.#gaps += 1;
    if (this.#gaps > GAPS_MIN && this.#gaps > this.#sessions.length / 2) this.#close();
  }

  /** The sessions that began after a moment, the oldest first. */
  *after(moment: number): Generator<Session> {
    for (let index = this.#firstAfter(moment); index < this.#sessions.length; index += 1) {
      const session = this.#sessions[index];
      if (session !== undefined) yield session;
    }
  }

  #firstAfter(moment: number): number {
    let from = 0;
    let to = this.#moments.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#moments[middle] ?? 0) <= moment) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #close(): void {
    this.#sessions = this.#sessions.filter((session) => session !== undefined);
    this.#moments = this.#sessions.map((session) => session?.beganAt ?? 0);
    this.#gaps = 0;
  }
}
