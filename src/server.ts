import type { Config } from './config/config.ts';
import { randomIds } from './domain/ids.ts';
import { drain } from './drain.ts';
import type { ServerStats } from './http/metrics/series.ts';
import { systemClock } from './lib/clock.ts';
import { guardTimers } from './lib/guarded-clock.ts';
import { HashThreads } from './lib/hash-threads.ts';
import { createLog } from './lib/log.ts';
import { createLogOutput } from './lib/log-output.ts';
import { createPasswords } from './lib/passwords.ts';
import { type Parts, type Running, start } from './start.ts';
import type { Closers } from './start-rooms.ts';
import { backUp } from './store/sqlite/backup.ts';
import { isDatabaseFailure, startError } from './store/sqlite/failures.ts';
import { openStore } from './store/sqlite/open.ts';

/** Replaces parts of the server in tests. */
export type Overrides = Partial<Omit<Parts, 'config'>>;

export interface Server {
  /**
   * Opens the database, listens, and restores the sessions of the process before.
   * @returns `setupToken`: for the link by which the first admin is made [TK7]; undefined if there is one
   * @throws StartError if it can't; whatever was opened is closed again
   */
  listen(): Promise<{ readonly port: number; readonly setupToken: string | undefined }>;
  /**
   * Ends it so that the next process can take over: tells all sessions, saves them, and closes them with 4100 [SE8].
   * Takes a little over `DRAIN_NOTICE_MS`.
   */
  drain(): Promise<void>;
  /** What `/metrics` shows of its parts; undefined while it doesn't run. */
  stats(): ServerStats | undefined;
  /** Reads again what may change while the server runs: the relay's certificate and addresses. */
  reload(): void;
  /** Ends it at once: clients see 1006. */
  close(): Promise<void>;
}

/** Creates a server. Several fit into one process, each with its own port and database. */
export function createServer(config: Config, overrides: Overrides = {}): Server {
  const log =
    overrides.log ??
    createLog({
      level: config.logLevel,
      now: systemClock.now,
      write: createLogOutput(process.stdout, systemClock.now),
    });
  const clock = guardTimers(overrides.clock ?? systemClock, log);
  const hashThreads = new HashThreads();
  const passwords = overrides.passwords ?? createPasswords({ derive: hashThreads.derive });
  // `serve` hands in one that works in a process of its own.
  const parts = {
    openStore,
    copyDatabase: backUp,
    // Of a process that does something else too, only `serve` knows it.
    cpuMs: () => 0,
    ...overrides,
    passwords,
    config,
    clock,
    log,
    ids: overrides.ids ?? randomIds,
  };
  const closers: Closers = [];
  let running: Running | undefined;
  async function close(): Promise<void> {
    running = undefined;
    for (let next = closers.pop(); next !== undefined; next = closers.pop()) await next();
    await hashThreads.close();
  }

  return {
    async listen() {
      try {
        running = await start(parts, closers);
        return { port: running.port, setupToken: running.setupToken };
      } catch (thrown) {
        await close();
        throw isDatabaseFailure(thrown) ? startError(thrown, config.databasePath) : thrown;
      }
    },
    async drain() {
      const draining = running;
      running = undefined;
      if (draining !== undefined) await drain({ ...draining, clock, log });
      await close();
    },
    stats: () => running?.stats(),
    reload: () => running?.reload(),
    close,
  };
}
