import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../../domain/errors.ts';
import { type Connection, Database } from './driver.ts';
import { isBusy, startError } from './failures.ts';

/**
 * Locks a database so that only this process serves it, until the returned function is called. Two servers on one
 * database would not know of each other's sessions, and each would remove rooms that the other is using. Commands such
 * as `parley keys rotate` take no lock and work beside the server.
 *
 * The lock is SQLite's own, on an empty file beside the database: the kernel releases it however the process ends.
 * @throws StartError if another process holds the lock
 */
export function lockDatabase(path: string): () => void {
  const file = `${realPath(path)}-lock`;
  let lock: Connection | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    lock = new Database(file, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    const held = lock;
    return () => void held.close();
  } catch (thrown) {
    lock?.close();
    if (!isBusy(thrown)) throw startError(thrown, path);
    throw new StartError(
      `Another Parley is running on the database ${path}. Stop that one first, or set DATABASE_PATH to another file.`,
      { cause: thrown },
    );
  }
}

/** Resolves symbolic links, so that all names of a database share one lock. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The file doesn't exist yet.
    return join(dirname(path), basename(path));
  }
}
