import { messageOf, ParleyError, StartError } from '../../domain/errors.ts';
import { Database } from './driver.ts';

/** SQLite's primary result code, such as `SQLITE_BUSY`; undefined if the error isn't SQLite's. */
function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Database.SqliteError)) return undefined;
  return /^SQLITE_[A-Z]+/.exec(thrown.code)?.[0];
}

/** Another connection holds the write lock. */
export function isBusy(thrown: unknown): boolean {
  return codeOf(thrown) === 'SQLITE_BUSY';
}

/** The file isn't whole, or no database at all. */
export function isDamaged(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB';
}

/** The disk is full, as SQLite or the operating system says it. */
export function isFull(thrown: unknown): boolean {
  if (codeOf(thrown) === 'SQLITE_FULL') return true;
  return (
    thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')
  );
}

/** Whether a write was refused because another program holds the database. */
export function isLocked(refusal: unknown): boolean {
  return refusal instanceof ParleyError && isBusy(refusal.cause);
}

/** Failures caused by the machine or another program: the same write may succeed later. */
const ENVIRONMENT_FAILURES: ReadonlySet<string | undefined> = new Set([
  'SQLITE_BUSY',
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_NOMEM',
  'SQLITE_READONLY',
]);

export function isEnvironmentFailure(thrown: unknown): boolean {
  return ENVIRONMENT_FAILURES.has(codeOf(thrown));
}

/** The refusal of a request whose write can't be stored now. @throws `thrown` itself if it is a bug of ours */
export function unavailable(thrown: unknown): ParleyError {
  if (!isEnvironmentFailure(thrown)) throw thrown;
  const what = isBusy(thrown) ? 'is locked by another program' : "can't be written to";
  return new ParleyError('unavailable', `The server's database ${what}. Try again in a moment.`, {
    cause: thrown,
  });
}

/** Tells the operator why the database at `path` can't be used, and what to do. */
export function startError(thrown: unknown, path: string): StartError {
  if (thrown instanceof StartError) return thrown;
  return new StartError(`The database ${path} ${problemOf(thrown)}`, { cause: thrown });
}

/** Whether `startError` tells more about it than a stack would. */
export function isDatabaseFailure(thrown: unknown): boolean {
  return codeOf(thrown) !== undefined;
}

function problemOf(thrown: unknown): string {
  const message = messageOf(thrown);
  switch (codeOf(thrown)) {
    case 'SQLITE_CORRUPT':
      return (
        `is damaged: ${message}. Stop Parley, keep a copy of the file, and restore a backup; ` +
        '`sqlite3 FILE .recover` saves what can still be read.'
      );
    case 'SQLITE_BUSY':
      return 'is locked by another program. Wait until it is done (a backup, an open sqlite3 shell), then start again.';
    case 'SQLITE_FULL':
      return "can't be written to: the disk is full. Free some space, then start again.";
    default:
      return `can't be opened: ${message}. Check DATABASE_PATH and its permissions.`;
  }
}
