import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from './database.ts';
import { run } from './process.ts';

/** One wait for the disk, as sync-log.c recorded it. */
export interface Sync {
  readonly thread: 'main' | 'other';
  readonly file: string;
}

/** Compiles sync-log.c. Returns the environment that a process needs, and a function that reads its waits so far. */
export async function syncLog() {
  const folder = temporaryFolder();
  const [library, list] = [join(folder, 'sync-log.so'), join(folder, 'syncs')];
  const source = resolve(import.meta.dirname, 'sync-log.c');
  const { code, output } = await run('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  if (code !== 0) throw new Error(`cc ended with ${code}: ${output}`);
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
