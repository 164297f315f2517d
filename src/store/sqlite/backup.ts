import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { messageOf, StartError } from '../../domain/errors.ts';
import { systemClock } from '../../lib/clock.ts';
import { beginUnfinished, putInPlace, removeDatabase, removeUnfinished } from '../../lib/unfinished-files.ts';
import { LAST_BACKUP, type LastBackup } from '../contract/last-backup.ts';
import { CopyDamaged, copyInto, openForCopy } from './copy.ts';
import type { Connection } from './driver.ts';
import { isBusy, isFull } from './failures.ts';

/**
 * Copies the database into `file` beside a running server or without one, checks the copy, and then puts it in the place of
 * what had that name: whenever this ends, the old or the new one is there and whole.
 * @throws StartError that says why there is no new backup
 */
export async function backUp(path: string, file: string): Promise<LastBackup> {
  const target = targetOf(path, file);
  const name = basename(target);
  let database: Connection | undefined;
  let unfinished: string | undefined;
  try {
    removeUnfinished(dirname(target), (one) => one === name);
    database = openForCopy(path, false);
    unfinished = beginUnfinished(target);
    const at = systemClock.now();
    await copyInto(database, unfinished);
    putInPlace(unfinished, target);
    const made = { at, file: target, bytes: statSync(target).size };
    note(database, made);
    return made;
  } catch (thrown) {
    if (unfinished !== undefined) removeDatabase(unfinished);
    throw backupError(thrown, path, target);
  } finally {
    database?.close();
  }
}

/** @returns the file's absolute path, with symbolic links followed, so that a link to the newest backup stays one */
function targetOf(path: string, file: string): string {
  if (!existsSync(path)) {
    throw new StartError(`There is no database ${path}. Set DATABASE_PATH as for the server.`);
  }
  const folder = dirname(resolve(file));
  if (!existsSync(folder))
    throw new StartError(`There is no folder ${folder} for the backup. Make it first.`);
  if (!existsSync(file)) return resolve(file);
  const target = realpathSync(file);
  const there = statSync(target);
  if (!there.isFile()) {
    throw new StartError(`${file} is not a file. Name the file that the backup is written to.`);
  }
  const source = statSync(path);
  if (there.dev === source.dev && there.ino === source.ino) {
    throw new StartError(`${file} is the database itself. Name another file for the backup.`);
  }
  return target;
}

/** Without it, only the time of the backup isn't known: an older version's database has no place for it. */
function note(database: Connection, made: LastBackup): void {
  try {
    database
      .prepare<[string, string]>(
        'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      )
      .run(LAST_BACKUP, JSON.stringify(made));
  } catch {
    // The backup is made all the same.
  }
}

function backupError(thrown: unknown, path: string, file: string): StartError {
  if (thrown instanceof StartError) return thrown;
  return new StartError(`There is no new backup ${file}: ${causeOf(thrown, path, file)}`, { cause: thrown });
}

function causeOf(thrown: unknown, path: string, file: string): string {
  if (thrown instanceof CopyDamaged) {
    return (
      `the database ${path} is damaged: ${thrown.message}. Keep a copy of it and the backups that you have; ` +
      '`parley restore` puts one of them in its place.'
    );
  }
  if (isFull(thrown)) return `the disk is full. Free some space in ${dirname(file)}, or name another folder.`;
  if (isBusy(thrown)) return `the database ${path} is locked by another program. Try again in a moment.`;
  return `${messageOf(thrown)}. Check the permissions of ${dirname(file)} and of ${path}.`;
}
