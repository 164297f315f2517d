import type { Database } from 'better-sqlite3';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** Groups small writes into one transaction for each turn of the event loop: of such a write most is its commit. */
export interface Batch {
  /**
   * Runs a write whose loss in a crash within the same turn would do no harm: one that the next connection repeats, or
   * that nobody was told of. Reads see it at once.
   */
  soon<Result>(write: () => Result): Result;
  /** Makes a function that first commits what waits, so that its own writes are on their own, and kept when it returns. */
  now<Values extends unknown[], Result>(write: (...values: Values) => Result): (...values: Values) => Result;
  /** Commits what waits. */
  flush(): void;
}

export function createBatch(database: Database, log: Log): Batch {
  // IMMEDIATE: a transaction that begins by reading can't always go on to write.
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  let waits = false;

  function flush(): void {
    if (!waits) return;
    waits = false;
    try {
      // SQLite ends a transaction by itself where the disk is full.
      if (database.inTransaction) commit.run();
    } catch (thrown) {
      log.error('writes to the database were lost', { error: messageOf(thrown) });
      if (database.inTransaction) rollback.run();
    }
  }

  return {
    soon(write) {
      if (!waits) {
        begin.run();
        waits = true;
        setImmediate(flush);
      }
      return write();
    },
    now:
      (write) =>
      (...values) => {
        flush();
        return write(...values);
      },
    flush,
  };
}
