import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openStore, type SqliteStore } from '../../../src/store/sqlite/open.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A path for a database in a folder that is removed after the test. */
export function temporaryDatabase(): string {
  return join(temporaryFolder(), 'data', 'parley.db');
}

/** A store on a real file, closed after the test. */
export function temporaryStore(path = temporaryDatabase()): SqliteStore {
  const store = openStore(path);
  cleanups.push(() => store.close());
  return store;
}
