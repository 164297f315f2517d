import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isoTime } from '../lib/iso-time.ts';
import { namesIn, removeUnfinished } from '../lib/unfinished-files.ts';

/** The folder of the backups that a server makes by itself: `parley-2026-11-28T09-30-00.000Z.db`. Their names sort by time. */
export class BackupFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = resolve(path);
  }

  /** Makes the folder, open to its owner only, and removes what killed processes left unfinished. */
  prepare(): void {
    mkdirSync(this.#path, { recursive: true, mode: 0o700 });
    removeUnfinished(this.#path, isBackup);
  }

  /** Removes what a killed process left unfinished, if it can: the next `prepare` tries again. */
  tidy(): void {
    try {
      removeUnfinished(this.#path, isBackup);
    } catch {
      // As the backup itself: the folder can't be written to.
    }
  }

  /** @param time milliseconds since 1970 @returns the path of the backup that is made then */
  fileAt(time: number): string {
    return join(this.#path, `parley-${isoTime(time).replaceAll(':', '-')}.db`);
  }

  /** When the newest backup was made, in milliseconds since 1970; undefined if there is none. */
  newest(): number | undefined {
    return this.#backups()
      .map(timeOf)
      .findLast((time) => !Number.isNaN(time));
  }

  /** Removes the oldest backups, all but `keep` and never `made`. */
  prune(keep: number, made: string): void {
    const others = this.#backups().filter((name) => join(this.#path, name) !== made);
    for (const name of others.slice(0, Math.max(others.length - keep + 1, 0))) rmSync(join(this.#path, name));
  }

  /** Oldest first. */
  #backups(): string[] {
    return namesIn(this.#path).filter(isBackup).sort();
  }
}

function isBackup(name: string): boolean {
  return /^parley-.*\.db$/.test(name);
}

/** NaN if the file has another name. */
function timeOf(name: string): number {
  const [, day, hour, minute, rest] =
    /^parley-(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.db$/.exec(name) ?? [];
  return Date.parse(`${day}${hour}:${minute}:${rest}`);
}
