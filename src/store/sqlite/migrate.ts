import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { messageOf, StartError } from '../../domain/errors.ts';
import { fold } from '../../lib/fold.ts';
import { readOwnFile } from '../../lib/own-files.ts';
import type { Connection } from './driver.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * Creates the schema in a new database, or migrates an older one. An older one is first copied to `<path>.v<version>`,
 * because a migration can't be undone.
 * @param migrations the n-th takes `user_version` n + 1 to n + 2
 * @throws StartError if the database is another program's or a newer version's, or can't be copied
 */
export function migrate(
  database: Connection,
  path: string,
  migrations: readonly string[] = MIGRATIONS,
): void {
  const latest = migrations.length + 1;
  const version = versionOf(database);
  if (version > 0 && version < latest) copy(database, `${path}.v${version}`);
  // A migration that recreates a table drops the old one; with foreign keys on, that deletes all rows that refer to it.
  // The switch has no effect inside a transaction (sqlite.org/lang_altertable.html, section 7).
  database.pragma('foreign_keys = OFF');
  // IMMEDIATE: if two processes start at once, the second one waits and then finds the work done.
  database.transaction(bringUpToDate).immediate(database, path, migrations);
  database.pragma('foreign_keys = ON');
}

function bringUpToDate(database: Connection, path: string, migrations: readonly string[]): void {
  const latest = migrations.length + 1;
  const version = versionOf(database);
  if (version > latest) {
    throw new StartError(
      `The database ${path} is of version ${version}, written by a newer Parley than this one (which knows ` +
        `${latest}). Start the newer one, or restore the copy made before the upgrade.`,
    );
  }
  if (version === latest) return;
  if (version === 0) {
    if (database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) {
      throw new StartError(
        `The database ${path} belongs to another program. Set DATABASE_PATH to a file of Parley's own.`,
      );
    }
    database.exec(readOwnFile('schema.sql'));
    return;
  }
  // Migrations may call it; the schema must not, because other programs that open the database don't know it.
  database.function('fold', { deterministic: true }, (text) => fold(String(text)));
  for (const migration of migrations.slice(version - 1)) database.exec(migration);
  const [orphan] = database.prepare<[], { table: string }>('PRAGMA foreign_key_check').all();
  if (orphan !== undefined) {
    throw new Error(`a migration left rows of ${orphan.table} that refer to nothing`);
  }
  database.pragma(`user_version = ${latest}`);
}

function versionOf(database: Connection): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/** Readable by the owner only, because it holds signing keys. Replaces an earlier copy of the same version. */
function copy(database: Connection, to: string): void {
  const partial = `${to}.partial`;
  try {
    rmSync(partial, { force: true });
    // SQLite accepts an empty file and keeps its mode.
    closeSync(openSync(partial, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(partial);
    renameSync(partial, to);
  } catch (thrown) {
    rmSync(partial, { force: true });
    throw new StartError(
      `The database can't be copied to ${to} before it is upgraded: ${messageOf(thrown)}. Free some space for the copy.`,
      { cause: thrown },
    );
  }
}
