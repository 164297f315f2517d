import {
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, StartError } from '../../domain/errors.ts';
import { systemClock } from '../../lib/clock.ts';
import { isoTime } from '../../lib/iso-time.ts';
import {
  beginUnfinished,
  namesIn,
  putInPlace,
  removeDatabase,
  removeUnfinished,
} from '../../lib/unfinished-files.ts';
import { CopyDamaged, copyInto, isKnownVersion, openForCopy, versionOf } from './copy.ts';
import { Database } from './driver.ts';
import { isBusy, isDamaged, isFull } from './failures.ts';
import { lockDatabase } from './only-process.ts';

export interface Restored {
  /** Where the database is that was there before; undefined if there was none. */
  readonly keptAs: string | undefined;
  readonly bytes: number;
}

/**
 * Puts a copy of the backup `file` in the place of the database `path`, whose folder is made if it is missing. The database
 * that was there is kept under another name. Whenever this ends, the old or the new database is there and whole.
 * @throws StartError that says why nothing was changed
 */
export async function restore(file: string, path: string): Promise<Restored> {
  checkNames(file, path);
  const unlock = lockDatabase(path);
  try {
    const target = existsSync(path) ? realpathSync(path) : resolve(path);
    return await restoreLocked(file, target);
  } catch (thrown) {
    throw restoreError(thrown, file, path);
  } finally {
    unlock();
  }
}

function checkNames(file: string, path: string): void {
  if (!existsSync(file)) throw new StartError(`There is no backup ${file}. Check its name.`);
  const given = statSync(file);
  if (!given.isFile())
    throw new StartError(`${file} is not a file. Name a backup that \`parley backup\` made.`);
  if (!existsSync(path)) return;
  const there = statSync(path);
  if (given.dev === there.dev && given.ino === there.ino) {
    throw new StartError(`${file} is the database itself. Name a backup of it.`);
  }
}

async function restoreLocked(file: string, path: string): Promise<Restored> {
  const [folder, name] = [dirname(path), basename(path)];
  removeUnfinished(folder, (one) => one === name);
  const unfinished = beginUnfinished(path);
  try {
    await copyBackup(file, unfinished);
    giveToOwner(unfinished, path);
    const keptAs = keepOld(path);
    putInPlace(unfinished, path);
    return { keptAs, bytes: statSync(path).size };
  } catch (thrown) {
    removeDatabase(unfinished);
    throw thrown;
  }
}

/** @throws StartError if this build can't work with the backup */
async function copyBackup(file: string, to: string): Promise<void> {
  const backup = openForCopy(file, true);
  try {
    const version = versionOf(backup);
    if (!isKnownVersion(version)) {
      throw new StartError(
        `${file} is of version ${version}, written by a newer Parley than this one. Restore it with that one.`,
      );
    }
    await copyInto(backup, to);
  } finally {
    backup.close();
  }
}

/** What root restores belongs to whoever the database or its folder belonged to, or the server couldn't open it. */
function giveToOwner(unfinished: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(existsSync(path) ? path : dirname(path));
  for (const file of [unfinished, `${path}-lock`]) if (existsSync(file)) chownSync(file, uid, gid);
}

/**
 * Gives the database that is there a second name. Its own must not be without a file for a moment: a server that started then
 * would make a new one.
 */
function keepOld(path: string): string | undefined {
  if (!existsSync(path)) {
    // A log without its database would be taken for a part of the new one.
    for (const side of ['-wal', '-shm', '-journal']) rmSync(`${path}${side}`, { force: true });
    return undefined;
  }
  forgetSecondNames(path);
  const keptAs = `${path}.before-restore-${isoTime(systemClock.now()).replaceAll(':', '-')}`;
  closeLog(path, keptAs);
  try {
    linkSync(path, keptAs);
  } catch {
    copyWhole(path, keptAs);
  }
  return keptAs;
}

/** For file systems without hard links. */
function copyWhole(path: string, to: string): void {
  try {
    copyFileSync(path, to);
  } catch (thrown) {
    rmSync(to, { force: true });
    throw thrown;
  }
}

/** An earlier restore that was killed before the last step left a second name of what is still the database. */
function forgetSecondNames(path: string): void {
  const { dev, ino } = statSync(path);
  for (const name of namesIn(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.before-restore-`)) continue;
    const file = join(dirname(path), name);
    const other = statSync(file);
    if (other.dev === dev && other.ino === ino) rmSync(file);
  }
}

/** Writes the log into the database that is to be kept, and removes it. The log of one that is damaged is kept beside it. */
function closeLog(path: string, keptAs: string): void {
  try {
    const old = new Database(path, { fileMustExist: true, timeout: 0 });
    try {
      old.pragma('journal_mode = DELETE');
    } finally {
      old.close();
    }
  } catch (thrown) {
    if (!isDamaged(thrown)) throw thrown;
    for (const side of ['-wal', '-journal']) {
      if (existsSync(`${path}${side}`)) renameSync(`${path}${side}`, `${keptAs}${side}`);
    }
    rmSync(`${path}-shm`, { force: true });
  }
}

function restoreError(thrown: unknown, file: string, path: string): StartError {
  if (thrown instanceof StartError) return thrown;
  return new StartError(`Nothing was restored: ${causeOf(thrown, file, path)}`, { cause: thrown });
}

function causeOf(thrown: unknown, file: string, path: string): string {
  if (thrown instanceof CopyDamaged) {
    return `${file} is damaged, or no database: ${thrown.message}. Restore another backup.`;
  }
  if (isFull(thrown)) return `the disk is full. Free some space in ${dirname(path)}.`;
  if (isBusy(thrown)) {
    return `another program has the database ${path} open, such as sqlite3 or a command of Parley. End it first.`;
  }
  return `${messageOf(thrown)}. Check the permissions of ${file} and of ${dirname(path)}.`;
}
