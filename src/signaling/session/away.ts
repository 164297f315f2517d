import type { Log } from '../../lib/log.ts';
import { ByUser } from './by-user.ts';
import type { Session } from './session.ts';

/** Bytes of all messages that are kept for suspended sessions. Above it the largest outboxes are given up [SE2]. */
export const SUSPENDED_BYTES = 134_217_728;
/**
 * Full outboxes that fit into it, whatever `KEPT_BYTES` is: whoever raises that wants more to be kept. By default both
 * come to the same.
 */
const FULL_OUTBOXES = 512;
/** The share of it that is left when some were given up: then there is nothing to do until as much has come again. */
const LEFT = 7 / 8;

/** The sessions that wait to be resumed, and how much is kept for them. */
export class Away {
  readonly #log: Log;
  readonly #most: number;
  /** How many bytes are kept for each, in the order in which their windows end: each one's is equally long. */
  readonly #bytes = new Map<Session, number>();
  readonly #byUser = new ByUser();
  #allBytes = 0;

  /** @param keptBytes that one session may have in its outbox */
  constructor(log: Log, keptBytes: number) {
    this.#log = log;
    this.#most = Math.max(SUSPENDED_BYTES, FULL_OUTBOXES * keptBytes);
  }

  get size(): number {
    return this.#bytes.size;
  }

  /** Kept for all of them. */
  get bytes(): number {
    return this.#allBytes;
  }

  countOf(userId: string): number {
    return this.#byUser.countOf(userId);
  }

  /** The one of this user that has waited longest. */
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

  /** Something more is kept for one of them. */
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

  /** [SE4] Their resume begins a new session: never a silent hole. */
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
