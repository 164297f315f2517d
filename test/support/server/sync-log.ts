import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './database.ts';
import { preload } from './preload.ts';

/** One wait for the disk, as sync-log.c recorded it. */
export interface Sync {
  readonly thread: 'main' | 'other';
  readonly file: string;
}

/** Compiles sync-log.c. Returns the environment that a process needs, and a function that reads its waits so far. */
export async function syncLog() {
  const folder = temporaryFolder();
  const list = join(folder, 'syncs');
  const library = await preload('sync-log');
  return {
    environment: { LD_PRELOAD: library, SYNC_LOG: list },
    syncs(): Sync[] {
      const text = existsSync(list) ? readFileSync(list, 'utf8') : '';
      return text.split('\n').flatMap((line) => {
        const [, thread, file = ''] = /^(main|other) (.*)$/.exec(line) ?? [];
        return thread === 'main' || thread === 'other' ? [{ thread, file }] : [];
      });
    },
  };
}
