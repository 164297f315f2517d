import { messageOf, StartError } from '../../domain/errors.ts';
import { type Connection, Database } from './driver.ts';
import { isDamaged } from './failures.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** Pages of 4 KiB that are copied in one turn of the event loop. */
const PAGES_PER_STEP = 1_024;
/** Max milliseconds that a copy waits for another process's lock. */
const BUSY_MS = 5_000;

/** Tables that every version of Parley has had. */
const TABLES = ['users', 'rooms', 'logins', 'signing_keys'];

/** Opens a database to be copied. @throws StartError if it isn't Parley's, CopyDamaged if it can't be read */
export function openForCopy(path: string, isReadonly: boolean): Connection {
  const database = new Database(path, { fileMustExist: true, readonly: isReadonly, timeout: BUSY_MS });
  try {
    const found = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    if (versionOf(database) < 1 || !TABLES.every((name) => found.includes(name))) {
      throw new StartError(`${path} is not a database of Parley.`);
    }
    return database;
  } catch (thrown) {
    database.close();
    throw isDamaged(thrown) ? new CopyDamaged(messageOf(thrown), { cause: thrown }) : thrown;
  }
}

/** The version of a database's schema. */
export function versionOf(database: Connection): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/**
 * Copies a database as it is now into `to`, while others may write to it, and makes it a file that stands alone.
 * @throws what SQLite throws; CopyDamaged if the copy isn't sound
 */
export async function copyInto(database: Connection, to: string): Promise<void> {
  // A reader sees one state. Without it, each write of another process would make SQLite start the copy again.
  database.exec('BEGIN');
  try {
    database.prepare('SELECT 1 FROM sqlite_schema').get();
    await database.backup(to, { progress: () => PAGES_PER_STEP });
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
  complete(to);
}

/** The copy has damaged pages, because what it was copied from has. */
export class CopyDamaged extends Error {
  override readonly name = 'CopyDamaged';
}

function complete(path: string): void {
  const copy = new Database(path, { fileMustExist: true });
  try {
    // One file without a log beside it: it can be moved, and read from where nothing can be written.
    copy.pragma('journal_mode = DELETE');
    forgetSessions(copy);
    const findings = copy.prepare<[], string>('PRAGMA integrity_check(3)').pluck().all();
    if (findings.length !== 1 || findings[0] !== 'ok') throw new CopyDamaged(findings.join('; '));
  } catch (thrown) {
    throw isDamaged(thrown) ? new CopyDamaged(messageOf(thrown), { cause: thrown }) : thrown;
  } finally {
    copy.close();
  }
}

/** Sessions that a drain saved are for the very next process: later their clients have gone on without them [SE8]. */
function forgetSessions(copy: Connection): void {
  if (versionOf(copy) < 2) return;
  copy.exec('DELETE FROM session_snapshot; DELETE FROM session_snapshot_rows;');
}

/** Whether this build can work with a database of this version. */
export function isKnownVersion(version: number): boolean {
  return version <= SCHEMA_VERSION;
}
