import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { type Log, silentLog } from '../../lib/log.ts';
import type { Store } from '../contract.ts';
import { createBanStore } from './bans.ts';
import { createBatch } from './batch.ts';
import { type Connection, Database } from './driver.ts';
import { createExpiryStore } from './expiry.ts';
import { isLocked, startError } from './failures.ts';
import { createKeyStore } from './keys.ts';
import { createLoginStore } from './logins.ts';
import { migrate } from './migrate.ts';
import { createRoomStore } from './rooms.ts';
import { createSessionStore } from './sessions.ts';
import { createSettingStore } from './settings.ts';
import { createUserStore } from './users.ts';

/** Milliseconds that opening waits for another process (`parley keys rotate`, a backup) to end its write. */
const OPENING_BUSY_MS = 5_000;
/**
 * Pages of write-ahead log after which a commit folds it into the file itself: 256 MiB. A server has a thread for that
 * (see checkpoints.ts), so this is for the case that the thread can't keep up.
 */
const CHECKPOINT_PAGES = 65_536;

export type SqliteStore = ReturnType<typeof openStore>;

/**
 * Opens the database, making or migrating it where needed. Every call is synchronous and short. A write that another
 * program's lock or a full disk prevents throws ParleyError `unavailable`, unless its loss does no harm.
 * @param path of the file; its folder is made if it is missing
 * @param log where it is told that writes were lost, as by a full disk
 * @throws StartError when it can't be opened, is damaged or not ours, or was written by a newer version
 */
export function openStore(path: string, log: Log = silentLog, clock: Clock = systemClock) {
  let database: Connection | undefined;
  try {
    database = open(path);
    const opened = database;
    const batch = createBatch(database, clock, log);
    const changes = database.prepare<[], number>('SELECT total_changes()').pluck();
    return {
      users: createUserStore(database, batch),
      logins: createLoginStore(database, batch),
      expiry: createExpiryStore(database, batch),
      keys: createKeyStore(database, batch),
      rooms: createRoomStore(database, batch),
      bans: createBanStore(database, batch),
      settings: createSettingStore(database, batch),
      sessions: createSessionStore(database, batch),
      isLocked,
      /** Rows inserted, updated and deleted since it was opened. */
      changes: (): number => changes.get() ?? 0,
      /** Folds the write-ahead log into the file and closes it. */
      close(): void {
        batch.close();
        opened.close();
      },
    } satisfies Store & { changes(): number };
  } catch (thrown) {
    database?.close();
    throw startError(thrown, path);
  }
}

function open(path: string): Connection {
  mkdirSync(dirname(path), { recursive: true });
  // It holds the keys that sign tokens: made for the owner's eyes only. SQLite gives its side files the same mode.
  closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: OPENING_BUSY_MS });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    migrate(database, path);
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}
