import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { loadUws } from './src/uws/load.ts';

/** Folders of tests that need no browser, no other program and no build: they run on every version of Node. */
const FOLDERS =
  'accounts config domain http lib load messages over-the-wire protocol rooms signaling store uws ws ' +
  'client/call client/signaling turn/codec turn/conf turn/core web';
/** What a test imports if it starts a built server, a browser or a proxy. */
const NEEDS_MORE = /support\/(browser\/|server\/(parley-process|process|sync-log))|axe-core|\/dist\//;
/** What a test imports if it starts a server in its own process. */
const NEEDS_UWS = /support\/server\/(server|gateway)|\/harness\.ts|\/stage\.ts|uws\/load/;

const text = (file: string) => readFileSync(file, 'utf8');
const unit = FOLDERS.split(' ')
  .flatMap(testsIn)
  .filter((file) => !NEEDS_MORE.test(text(file)));
const runnable = hasUws() ? unit : unit.filter((file) => !needsUws(file));

function testsIn(folder: string): string[] {
  const path = `test/${folder}`;
  if (!existsSync(path)) return [];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.test.ts')).map((file) => `${path}/${file}`);
}

/** Whether the test, or what it imports from `test/`, starts a server in its own process. */
function needsUws(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const source = text(file);
  if (NEEDS_UWS.test(source)) return true;
  const imported = [...source.matchAll(/from '(\.[^']+\.ts)'/g)].map(([, path = '']) =>
    join(dirname(file), path),
  );
  return imported.some((path) => path.startsWith('test/') && existsSync(path) && needsUws(path, seen));
}

function hasUws(): boolean {
  try {
    loadUws();
    return true;
  } catch (error) {
    const skipped = unit.filter((file) => needsUws(file));
    console.log(`${error instanceof Error ? error.message : error}\nNot run for this reason:`);
    for (const file of skipped) console.log(`  ${file}`);
    return false;
  }
}

/** `.ci/versions` runs these under other versions of Node. */
export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: ['--import', './test/support/typescript.mjs'],
    testTimeout: 90_000,
    maxWorkers: 2,
    isolate: false,
    include: runnable,
  },
});
