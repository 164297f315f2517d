import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../../domain/errors.ts';
import { type Connection, Database } from './driver.ts';
import { isBusy, startError } from './failures.ts';

/**
 * Holds a database for this process alone until the returned function is called. Two servers on one database would
 * not know of each other's sessions, and each would remove the rooms that the other is using. Commands such as
 * `parley keys rotate` take no lock and work beside the server.
 *
 * The lock is SQLite's own, on an empty file beside the database: the kernel lets go of it however the process ends.
 * @throws StartError when another process holds it
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

/** Follows a link to the database, so that both names lead to one lock. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It does not exist yet.
    return join(dirname(path), basename(path));
  }
}
