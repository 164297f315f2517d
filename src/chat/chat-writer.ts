import { ParleyError } from '../domain/errors.ts';
import { andThen } from '../lib/awaitable.ts';
import type { ChatResult, ChatStore, ChatWrite } from '../store/contract.ts';
import type { MessageIds } from './message-ids.ts';

/** Changes that wait to be stored, of all rooms together. Each session has one at most, HTTP clients one per request. */
export const WAITING_WRITES = 10_000;
/** How far ahead of the newest id the stored mark is moved (ms), so that it isn't written with every batch. */
const MARK_LEAD_MS = 5_000;

interface Job {
  /** Undefined: nothing is stored, it only keeps its place in the order. */
  readonly write: ChatWrite | undefined;
  /** Called in the tick in which the change was stored. */
  readonly done: (result: ChatResult | undefined) => void;
  readonly failed: (error: unknown) => void;
}

interface ChatWriterDeps {
  readonly store: Pick<ChatStore, 'write'>;
  readonly ids: Pick<MessageIds, 'time'>;
  /** The last mark that was stored: milliseconds since 1970. */
  readonly idsUntil: number;
  /** Whether an acknowledged message must survive a power cut. */
  readonly durable: boolean;
}

/**
 * Stores what is said in batches: all changes that arrive in one turn of the event loop share a commit. Nobody hears of a
 * change before it is stored, and all hear of changes in the order in which they were submitted.
 */
export class ChatWriter {
  readonly #deps: ChatWriterDeps;
  #waiting: Job[] = [];
  /** Set while a store that answers later is at work. */
  #running: Promise<void> | undefined;
  #isDue = false;
  #idsUntil: number;

  constructor(deps: ChatWriterDeps) {
    this.#deps = deps;
    this.#idsUntil = deps.idsUntil;
  }

  /**
   * @param write undefined for what is told without being stored
   * @param tell called in the tick in which it was stored, with what came of it
   * @returns what `tell` returns
   * @throws ParleyError `unavailable` if too much waits, or the database can't be written to
   */
  submit<Told>(write: ChatWrite | undefined, tell: (result: ChatResult | undefined) => Told): Promise<Told> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= WAITING_WRITES) {
        const text = 'Too many messages wait to be stored. Try again in a moment.';
        reject(new ParleyError('unavailable', text, { limit: 'chat_waiting' }));
        return;
      }
      const done = (result: ChatResult | undefined): void => {
        try {
          resolve(tell(result));
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ write, done, failed: reject });
      if (this.#isDue) return;
      this.#isDue = true;
      setImmediate(() => this.#flush());
    });
  }

  /** Stores what waits. When it returns, everything submitted before is answered, and so is what followed from that. */
  async settle(): Promise<void> {
    while (this.#waiting.length > 0 || this.#running !== undefined) {
      this.#flush();
      await this.#running;
      // Runs behind all promises that are settled now: the answers' continuations.
      await new Promise<void>((resolve) => process.nextTick(resolve));
    }
  }

  /** Stores what waits, but not what follows from that. If the store answers at once, all are told when this returns. */
  flush(): Promise<void> | undefined {
    const earlier = this.#running;
    this.#flush();
    return earlier === undefined ? this.#running : earlier.then(() => this.#running);
  }

  #flush(): void {
    if (this.#running !== undefined) return;
    this.#isDue = false;
    const jobs = this.#waiting;
    this.#waiting = [];
    const stored = this.#store(jobs);
    if (stored === undefined) return;
    this.#running = stored.finally(() => {
      this.#running = undefined;
      this.#flush();
    });
  }

  /** Returns a promise only if the store answers later. */
  #store(jobs: readonly Job[]): Promise<void> | undefined {
    const writes = jobs.flatMap(({ write }) => write ?? []);
    const { ids, store, durable } = this.#deps;
    const idsUntil = ids.time > this.#idsUntil ? ids.time + MARK_LEAD_MS : undefined;
    const settle = (results: readonly ChatResult[]): void => {
      if (idsUntil !== undefined) this.#idsUntil = idsUntil;
      let next = 0;
      for (const { write, done } of jobs) done(write === undefined ? undefined : results[next++]);
    };
    if (writes.length === 0 && idsUntil === undefined) {
      settle([]);
      return undefined;
    }
    try {
      const results = andThen(store.write({ writes, idsUntil, durable }), settle);
      return results instanceof Promise ? results.catch((error) => this.#fail(jobs, error)) : undefined;
    } catch (error) {
      return this.#fail(jobs, error);
    }
  }

  /** If one change breaks its batch, the others are stored one by one. */
  #fail(jobs: readonly Job[], error: unknown): Promise<void> | undefined {
    if (!(error instanceof ParleyError) && jobs.length > 1) {
      const parts = jobs.map((job) => this.#store([job])).filter((part) => part !== undefined);
      return parts.length > 0 ? Promise.all(parts).then(() => undefined) : undefined;
    }
    for (const { failed } of jobs) failed(error);
    return undefined;
  }
}
