import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, StartError } from '../lib/errors.ts';
import { type Log, silentLog } from '../lib/log.ts';
import { createBanStore } from './bans.ts';
import { createBatch } from './batch.ts';
import { createExpiryStore } from './expiry.ts';
import { createKeyStore } from './keys.ts';
import { createLoginStore } from './logins.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import { createRoomStore } from './rooms.ts';
import { createSessionStore } from './sessions.ts';
import { createSettingStore } from './settings.ts';
import { createUserStore } from './users.ts';

/** The package's root is two folders up, from src/store and from dist/store alike. */
const SCHEMA = new URL('../../schema.sql', import.meta.url);
/** Milliseconds that a statement waits for another process (`parley keys rotate`, a backup) to end its write. */
const BUSY_MS = 5_000;

export type Store = ReturnType<typeof openStore>;

/**
 * Opens the database, making or migrating it where needed. Every call is synchronous and short.
 * @param path of the file; its folder is made if it is missing
 * @param log where it is told that writes were lost, as by a full disk
 * @throws StartError when it can't be opened, is not ours, or was written by a newer version
 */
export function openStore(path: string, log: Log = silentLog) {
  const database = open(path);
  const batch = createBatch(database, log);
  return {
    users: createUserStore(database, batch),
    logins: createLoginStore(database, batch),
    expiry: createExpiryStore(database, batch),
    keys: createKeyStore(database, batch),
    rooms: createRoomStore(database, batch),
    bans: createBanStore(database, batch),
    settings: createSettingStore(database, batch),
    sessions: createSessionStore(database, batch),
    /** Folds the write-ahead log into the file and closes it. */
    close(): void {
      batch.flush();
      database.close();
    },
  };
}

function open(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    // It holds the keys that sign tokens: made for the owner's eyes only. SQLite gives its side files the same mode.
    closeSync(openSync(path, 'a', 0o600));
    database = new Database(path, { timeout: BUSY_MS });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    // IMMEDIATE: of two processes that start at once, the second waits and then finds the work done.
    database.transaction(bringUpToDate).immediate(database, path);
    return database;
  } catch (thrown) {
    database?.close();
    if (thrown instanceof StartError) throw thrown;
    throw new StartError(
      `The database ${path} can't be opened: ${messageOf(thrown)}. Check DATABASE_PATH and who may write there.`,
      { cause: thrown },
    );
  }
}

function bringUpToDate(database: Database.Database, path: string): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION) {
    throw new StartError(
      `The database ${path} is of version ${version}, written by a newer Parley than this one (which knows ` +
        `${SCHEMA_VERSION}). Start the newer one, or restore the backup made before the upgrade.`,
    );
  }
  if (version > 0) {
    for (const migration of MIGRATIONS.slice(version - 1)) database.exec(migration);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
    return;
  }
  if (database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) {
    throw new StartError(
      `The database ${path} belongs to another program. Set DATABASE_PATH to a file of Parley's own.`,
    );
  }
  database.exec(readFileSync(SCHEMA, 'utf8'));
}
