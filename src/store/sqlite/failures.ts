import { messageOf, ParleyError, StartError } from '../../domain/errors.ts';
import { Database } from './driver.ts';

/** SQLite's primary result code of anything thrown, such as `SQLITE_BUSY`; undefined if it is not SQLite's. */
function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Database.SqliteError)) return undefined;
  return /^SQLITE_[A-Z]+/.exec(thrown.code)?.[0];
}

/** Another connection holds the write lock. */
export function isBusy(thrown: unknown): boolean {
  return codeOf(thrown) === 'SQLITE_BUSY';
}

/** Whether a write was refused because of that. */
export function isLocked(refusal: unknown): boolean {
  return refusal instanceof ParleyError && isBusy(refusal.cause);
}

/** What the machine or another program does to a write; the write itself is right, and may succeed later. */
const MOODS: ReadonlySet<string | undefined> = new Set([
  'SQLITE_BUSY',
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_NOMEM',
  'SQLITE_READONLY',
]);

export function isMood(thrown: unknown): boolean {
  return MOODS.has(codeOf(thrown));
}

/** The refusal of a request whose write can't be stored now. @throws `thrown` itself if it is a fault of ours */
export function unavailable(thrown: unknown): ParleyError {
  if (!isMood(thrown)) throw thrown;
  const what = isBusy(thrown) ? 'is locked by another program' : 'can not be written to';
  return new ParleyError('unavailable', `The server's database ${what}. Try again in a moment.`, {
    cause: thrown,
  });
}

/** Why the database at `path` can't be used, for the person at the terminal. */
export function startError(thrown: unknown, path: string): StartError {
  if (thrown instanceof StartError) return thrown;
  return new StartError(`The database ${path} ${problemOf(thrown)}`, { cause: thrown });
}

/** Whether `startError` says more of it than a stack would. */
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
      return "can't be written to: the disk is full. Make room, then start again.";
    default:
      return `can't be opened: ${message}. Check DATABASE_PATH and who may write there.`;
  }
}
