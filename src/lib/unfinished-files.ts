import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * A file that must be either whole or not there is written under a name of its own beside it, `.<name>.<process id>`, and
 * renamed when it is complete. What a killed process leaves begins with a dot and goes at the next run.
 */

/** What SQLite adds to the name of a database for its side files. */
const SIDE_FILES = ['', '-journal', '-wal', '-shm'];

/** Creates the empty file under which `file` is written, readable by its owner only. @returns its path */
export function beginUnfinished(file: string): string {
  const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}`);
  closeSync(openSync(unfinished, 'w', 0o600));
  return unfinished;
}

/**
 * Gives a complete file its name, in place of the one that had it. Both the content and the name are on the disk when it
 * returns.
 */
export function putInPlace(unfinished: string, file: string): void {
  syncToDisk(unfinished);
  renameSync(unfinished, file);
  syncToDisk(dirname(file));
}

/** Removes an unfinished database with its side files. */
export function removeDatabase(path: string): void {
  for (const suffix of SIDE_FILES) rmSync(`${path}${suffix}`, { force: true });
}

/** Removes what killed processes left of the files that `isOurs` knows by name. What a living process writes stays. */
export function removeUnfinished(folder: string, isOurs: (name: string) => boolean): void {
  for (const entry of namesIn(folder)) {
    const [, name, pid] = /^\.(.+)\.(\d+)(?:-journal|-wal|-shm)?$/.exec(entry) ?? [];
    if (name !== undefined && isOurs(name) && !isAlive(Number(pid)))
      rmSync(join(folder, entry), { force: true });
  }
}

/** Returns the names of what is in a folder; none if there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}

/** This process writes one such file at a time: another of its id is of an earlier process, as in a container. */
function isAlive(pid: number): boolean {
  if (pid === 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
