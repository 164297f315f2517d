import { statSync } from 'node:fs';
import { messageOf } from '../domain/errors.ts';

/** Returns text that changes with a file, symlinks followed; the reason if it can't be looked at, without its path. */
export function fileStamp(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
  }
}
