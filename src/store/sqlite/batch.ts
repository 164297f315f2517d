import { messageOf } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Connection } from './driver.ts';
import { isBusy, isEnvironmentFailure, unavailable } from './failures.ts';

/** Max milliseconds that a write waits for another program's lock. Every call on this server waits meanwhile. */
const BUSY_MS = 100;
/** Max writes that wait for a locked database; beyond it the oldest is lost. */
export const DELAYED_WRITES = 4_096;
/** Milliseconds between attempts to write delayed writes. */
const RETRY_MS = 250;

/**
 * How writes are stored. The commit is most of the cost of a small write, so writes whose loss does no harm share one
 * commit per turn of the event loop.
 */
export interface Batch {
  /**
   * Runs a write whose loss in a crash within the same turn does no harm, because the next connection repeats it or
   * because it hasn't been acknowledged to a client. Reads see it at once. It never waits for another program's lock; if the database is locked
   * or the disk is full, it runs later instead of throwing.
   */
  soon(write: () => void): void;
  /**
   * Wraps a write in a function that commits what waits, then runs and commits the write before it returns. That
   * function throws ParleyError `unavailable` while the database can't be written to.
   */
  now<Values extends unknown[], Result>(write: (...values: Values) => Result): (...values: Values) => Result;
  /** The same for a write that must survive a power cut: it is on the disk when the function returns. */
  durably<Values extends unknown[], Result>(
    write: (...values: Values) => Result,
  ): (...values: Values) => Result;
  /**
   * Runs several writes of this batch in one transaction: all are stored or none. On the disk when it returns if `isDurable`.
   * Throws what `work` throws, and `unavailable` as `now`.
   */
  atomically<Result>(work: () => Result, isDurable?: boolean): Result;
  /** Commits what waits. */
  flush(): void;
  /** Commits what waits, and tries delayed writes a last time. */
  close(): void;
}

export function createBatch(database: Connection, clock: Clock, log: Log): Batch {
  // IMMEDIATE, because a transaction that starts with a read can't always be upgraded to a write.
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  let isOpen = false;
  /** Whether `atomically` is at work: its transaction takes in every write. */
  let isAtomic = false;
  const delayed: (() => void)[] = [];
  let cancelRetry: (() => void) | undefined;
  /** The error of the last write, until one succeeds. Waiting for a lock again at each write would stop signaling. */
  let trouble: string | undefined;
  let busyMs: number | undefined;

  function waitAtMost(ms: number): void {
    if (busyMs !== ms) database.pragma(`busy_timeout = ${ms}`);
    busyMs = ms;
  }

  /** Logs each new trouble once. */
  function met(thrown: unknown): void {
    const message = messageOf(thrown);
    if (message !== trouble) {
      log[isBusy(thrown) ? 'warn' : 'error']("the database can't be written to", { error: message });
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
      if (!isEnvironmentFailure(thrown)) throw thrown;
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
      log.error('writes to the database were lost', { error: `more than ${DELAYED_WRITES} writes wait` });
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
      // SQLite itself ends the transaction if the disk is full.
      if (database.inTransaction) commit.run();
    } catch (thrown) {
      log.error('writes to the database were lost', { error: messageOf(thrown) });
      if (database.inTransaction) rollback.run();
    }
  }

  function now<Values extends unknown[], Result>(write: (...values: Values) => Result) {
    return (...values: Values): Result => {
      if (isAtomic) return write(...values);
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

  /** `synchronous` can't be changed inside a transaction, so it is set around it. */
  function durably<Values extends unknown[], Result>(write: (...values: Values) => Result) {
    return now((...values: Values): Result => {
      if (isAtomic) return write(...values);
      // In WAL mode, FULL syncs the log to disk at each commit; NORMAL leaves that to checkpoints.
      database.pragma('synchronous = FULL');
      try {
        return write(...values);
      } finally {
        database.pragma('synchronous = NORMAL');
      }
    });
  }

  function inTransaction<Result>(work: () => Result): Result {
    begin.run();
    isAtomic = true;
    try {
      const result = work();
      commit.run();
      return result;
    } catch (thrown) {
      if (database.inTransaction) rollback.run();
      throw thrown;
    } finally {
      isAtomic = false;
    }
  }

  return {
    soon(write) {
      if (isAtomic) return write();
      if (!isOpen) {
        waitAtMost(0);
        if (!open()) return delay(write);
      }
      try {
        write();
      } catch (thrown) {
        if (!isEnvironmentFailure(thrown)) throw thrown;
        met(thrown);
        delay(write);
      }
    },
    now,
    durably,
    atomically(work, isDurable = false) {
      if (isAtomic) return work();
      return (isDurable ? durably : now)(() => inTransaction(work))();
    },
    flush,
    close() {
      flush();
      cancelRetry?.();
      waitAtMost(BUSY_MS);
      if (delayed.length > 0 && open()) flush();
    },
  };
}
