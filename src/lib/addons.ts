import { randomUUID } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { messageOf, StartError } from '../domain/errors.ts';
import { packedBytes } from './packed.ts';

/**
 * Native code of the single executable. The system's loader reads it from files only, so each addon is written once to
 * the state folder, under a name with the hash of its content. Not to `/tmp`, which may forbid to execute files.
 */

/** Name of the asset of an addon, before the file's name. */
export const ADDON_ASSETS = 'native/';

/** Threads inherit environment data. */
const KEY = 'parley:native';

/** @param stateFolder where this process may write; the addons go to `native/` in it */
export function keepAddonsIn(stateFolder: string): void {
  setEnvironmentData(KEY, join(stateFolder, 'native'));
}

/**
 * Loads an addon from the executable.
 * @param file its asset's name: `uws-<hash>.node`
 * @throws StartError if it can't be written or loaded
 */
export function loadAddon(file: string): unknown {
  const bytes = packedBytes(`${ADDON_ASSETS}${file}`);
  if (bytes === undefined) throw new Error(`${file} is not inside this executable`);
  const path = place(file, bytes, String(getEnvironmentData(KEY)));
  const addon: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(addon, path);
  } catch (thrown) {
    throw new StartError(
      `${path} can't be loaded: ${messageOf(thrown)}. If its file system is mounted with noexec, set ` +
        'STATE_DIRECTORY, or DATABASE_PATH, to a folder on another one.',
    );
  }
  return addon.exports;
}

/**
 * Returns the path of the addon in the folder, and writes it there unless exactly these bytes are there already. Another
 * process may do the same at the same time.
 * @throws StartError if it can't be written
 */
export function place(file: string, bytes: Buffer, folder: string): string {
  const path = join(folder, file);
  if (holds(path, bytes)) return path;
  const unfinished = join(folder, `.${file}.${randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    write(unfinished, bytes);
    keepOwner(folder, unfinished);
    renameSync(unfinished, path);
    removeOlder(folder, file);
    return path;
  } catch (thrown) {
    if (existsSync(unfinished)) rmSync(unfinished);
    throw new StartError(
      `Parley's native code can't be written to ${folder}: ${messageOf(thrown)}. Set STATE_DIRECTORY, or DATABASE_PATH, ` +
        'to a folder that this user may write to.',
    );
  }
}

/** Compares the content: a file that was cut short, or changed by somebody, is written anew. */
function holds(path: string, bytes: Buffer): boolean {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false;
  }
}

function write(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'wx', 0o500);
  try {
    writeFileSync(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What root writes beside a server of another user must be the server's. */
function keepOwner(folder: string, file: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(folder));
  chownSync(folder, uid, gid);
  chownSync(file, uid, gid);
}

/** Removes the same addon of other versions. A process that has loaded one keeps it. */
function removeOlder(folder: string, file: string): void {
  const kind = file.slice(0, file.lastIndexOf('-') + 1);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(kind) && name !== file) rmSync(join(folder, name), { force: true });
  }
}
