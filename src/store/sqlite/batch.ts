import { messageOf } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Connection } from './driver.ts';
import { isBusy, isMood, unavailable } from './failures.ts';

/** Milliseconds that a write waits for another program's lock: meanwhile everybody's calls wait too. */
const BUSY_MS = 100;
/** Writes that wait for a locked database to be free. Beyond that the oldest is given up. */
export const DELAYED_WRITES = 4_096;
/** Milliseconds after which they are tried again. */
const RETRY_MS = 250;

/**
 * How a write is stored. Most of the cost of a small write is its commit, so those whose loss does no harm share one
 * commit for each turn of the event loop.
 */
export interface Batch {
  /**
   * Runs a write whose loss in a crash within the same turn does no harm: one that the next connection repeats, or
   * that nobody was told of. Reads see it at once. It never waits for another program's lock and never throws because
   * of one, or of a full disk: it runs later, once the database can be written to.
   */
  soon(write: () => void): void;
  /**
   * Makes a function that commits what waits, then runs its own write, which is committed when it returns.
   * That function throws ParleyError `unavailable` while the database can't be written to.
   */
  now<Values extends unknown[], Result>(write: (...values: Values) => Result): (...values: Values) => Result;
  /** The same for what must outlive a power cut once it was acknowledged: it is on the disk when it returns. */
  durably<Values extends unknown[], Result>(
    write: (...values: Values) => Result,
  ): (...values: Values) => Result;
  /** Commits what waits. */
  flush(): void;
  /** Tries a last time to store what was delayed. */
  close(): void;
}

export function createBatch(database: Connection, clock: Clock, log: Log): Batch {
  // IMMEDIATE: a transaction that begins by reading can't always go on to write.
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  let isOpen = false;
  const delayed: (() => void)[] = [];
  let cancelRetry: (() => void) | undefined;
  /** What the last write met, until one succeeds. To wait for a lock again at each write would stop signaling. */
  let trouble: string | undefined;
  let busyMs: number | undefined;

  function waitAtMost(ms: number): void {
    if (busyMs !== ms) database.pragma(`busy_timeout = ${ms}`);
    busyMs = ms;
  }

  /** Tells of trouble once, and of its end. */
  function met(thrown: unknown): void {
    const message = messageOf(thrown);
    if (message !== trouble) {
      log[isBusy(thrown) ? 'warn' : 'error']('the database can not be written to', { error: message });
    }
    trouble = message;
  }

  function succeeded(): void {
    if (trouble !== undefined) log.info('the database can be written to again');
    trouble = undefined;
  }

  function open(): boolean {
    try {
      begin.run();
    } catch (thrown) {
      if (!isMood(thrown)) throw thrown;
      met(thrown);
      return false;
    }
    succeeded();
    isOpen = true;
    setImmediate(flush);
    for (const write of delayed.splice(0)) run(write);
    return true;
  }

  function run(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      log.error('a delayed write failed', { error: thrown });
    }
  }

  function delay(write: () => void): void {
    delayed.push(write);
    if (delayed.length > DELAYED_WRITES) {
      delayed.shift();
      log.error('writes to the database were lost', { error: `more than ${DELAYED_WRITES} wait for it` });
    }
    cancelRetry ??= clock.after(RETRY_MS, retry);
  }

  function retry(): void {
    cancelRetry = undefined;
    waitAtMost(0);
    if (isOpen || delayed.length === 0 || open()) return;
    cancelRetry = clock.after(RETRY_MS, retry);
  }

  function flush(): void {
    if (!isOpen) return;
    isOpen = false;
    try {
      // SQLite ends a transaction by itself where the disk is full.
      if (database.inTransaction) commit.run();
    } catch (thrown) {
      log.error('writes to the database were lost', { error: messageOf(thrown) });
      if (database.inTransaction) rollback.run();
    }
  }

  function now<Values extends unknown[], Result>(write: (...values: Values) => Result) {
    return (...values: Values): Result => {
      flush();
      waitAtMost(trouble === undefined ? BUSY_MS : 0);
      if (delayed.length > 0 && open()) flush();
      try {
        const result = write(...values);
        succeeded();
        return result;
      } catch (thrown) {
        const refusal = unavailable(thrown);
        met(thrown);
        throw refusal;
      }
    };
  }

  return {
    soon(write) {
      if (!isOpen) {
        waitAtMost(0);
        if (!open()) return delay(write);
      }
      try {
        write();
      } catch (thrown) {
        if (!isMood(thrown)) throw thrown;
        met(thrown);
        delay(write);
      }
    },
    now,
    durably: (write) =>
      now((...values) => {
        // In WAL mode FULL writes the log through to the disk at each commit; NORMAL leaves that to checkpoints.
        database.pragma('synchronous = FULL');
        try {
          return write(...values);
        } finally {
          database.pragma('synchronous = NORMAL');
        }
      }),
    flush,
    close() {
      flush();
      cancelRetry?.();
      waitAtMost(BUSY_MS);
      if (delayed.length > 0 && open()) flush();
    },
  };
}
