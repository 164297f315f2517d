import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Check, fail, ok, skip, type Verdict } from '../line.ts';

/** Bytes that the write-ahead log, snapshots and an upgrade need at least. */
export const MIN_FREE_BYTES = 32 * 1_048_576;
const MIB = 1_048_576;

/** Room on the disk for the database, and whether it can be written to. */
export const space: Check = {
  id: 'space',
  tried: 'look whether the database can be written to, and for room on its disk',
  run({ settings, machine }) {
    const path = resolve(settings.config.databasePath);
    const folder = nearest(dirname(path));
    const free = freeIn(folder);
    if (typeof free === 'string') return skip(`${folder} can't be looked at: ${free}`);
    const { bytes, files } = free;
    const room = `${Math.floor(bytes / MIB)} MiB are free in ${folder}`;
    const isFull = bytes < MIN_FREE_BYTES || files === 0;
    if (isFull) {
      return fail(
        files === 0 ? `no more files can be made in ${folder}` : room,
        `Free some space (${MIN_FREE_BYTES / MIB} MiB at least), or set DATABASE_PATH to a file on another disk.`,
      );
    }
    return writable(path, folder, machine.userId) ?? ok(room);
  },
};

function writable(path: string, folder: string, userId: number | undefined): Verdict | undefined {
  for (const place of existsSync(path) ? [path, folder] : [folder]) {
    const why = whyNot(place, userId);
    if (why === undefined) continue;
    if (why === 'another') return skip(`this user may not write to ${place}, so only its room was looked at`);
    return fail(
      `${place} can't be written to (${why})`,
      "Make DATABASE_PATH, and the folder that it is in, writable for the server's user.",
    );
  }
}

/** Returns why the server can't write there; `another` if it can, but this user can't. */
function whyNot(place: string, userId: number | undefined): string | undefined {
  const { uid, mode } = statSync(place);
  // Root may write whatever the mode is, but the server's user may not.
  if ((mode & 0o200) === 0) return `its mode is ${(mode & 0o777).toString(8).padStart(4, '0')}`;
  try {
    accessSync(place, constants.W_OK);
    return undefined;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    return code === 'EACCES' && uid !== userId ? 'another' : code;
  }
}

function freeIn(folder: string): { bytes: number; files: number } | string {
  try {
    const { bavail, bsize, ffree, files } = statfsSync(folder);
    // Some file systems count no files.
    return { bytes: bavail * bsize, files: files === 0 ? 1 : ffree };
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
  }
}

/** The folder itself, or the nearest one above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder));
}
