import type { Log } from '../../lib/log.ts';
import { ByUser } from './by-user.ts';
import type { Session } from './session.ts';

/** Max bytes of all messages kept for suspended sessions. Above it the largest outboxes are given up [SE2]. */
export const SUSPENDED_BYTES = 134_217_728;
/** At least this many full outboxes always fit, so raising `KEPT_BYTES` raises the budget too. */
const FULL_OUTBOXES = 512;
/** Share of the bound that is left after outboxes were given up, so that this doesn't happen again at once. */
const LEFT = 7 / 8;

/** The suspended sessions, and how much is kept for them. */
export class Away {
  readonly #log: Log;
  readonly #most: number;
  /** Bytes kept for each, in the order in which their windows end: all windows are equally long. */
  readonly #bytes = new Map<Session, number>();
  readonly #byUser = new ByUser();
  #allBytes = 0;

  /** @param keptBytes max bytes in one session's outbox */
  constructor(log: Log, keptBytes: number) {
    this.#log = log;
    this.#most = Math.max(SUSPENDED_BYTES, FULL_OUTBOXES * keptBytes);
  }

  get size(): number {
    return this.#bytes.size;
  }

  /** Bytes kept for all of them. */
  get bytes(): number {
    return this.#allBytes;
  }

  countOf(userId: string): number {
    return this.#byUser.countOf(userId);
  }

  /** The user's session that has been suspended longest. */
  oldestOf(userId: string): Session | undefined {
    return this.#byUser.oldestOf(userId);
  }

  /** In the order in which their windows end. */
  all(): IterableIterator<Session> {
    return this.#bytes.keys();
  }

  add(session: Session): void {
    this.#bytes.set(session, 0);
    this.#byUser.add(session);
    this.kept(session);
  }

  /** @returns false if it was not among them */
  remove(session: Session): boolean {
    const bytes = this.#bytes.get(session);
    if (bytes === undefined) return false;
    this.#allBytes -= bytes;
    this.#bytes.delete(session);
    this.#byUser.remove(session);
    return true;
  }

  /** Counts the kept messages of a session again. */
  kept(session: Session): void {
    this.#count(session);
    if (this.#allBytes > this.#most) this.#giveUpLargest();
  }

  #count(session: Session): void {
    const before = this.#bytes.get(session);
    if (before === undefined) return;
    const { keptBytes } = session.outbox;
    this.#allBytes += keptBytes - before;
    this.#bytes.set(session, keptBytes);
  }

  /** [SE4] A resume then begins a new session, so there is never a silent hole. */
  #giveUpLargest(): void {
    const before = this.#allBytes;
    let count = 0;
    for (const [session] of [...this.#bytes].sort(([, one], [, other]) => other - one)) {
      if (this.#allBytes <= this.#most * LEFT) break;
      session.outbox.giveUpAll();
      this.#count(session);
      count += 1;
    }
    this.#log.warn('too much was kept for suspended sessions: the largest were given up', {
      sessions: count,
      bytes: before - this.#allBytes,
    });
  }
}
