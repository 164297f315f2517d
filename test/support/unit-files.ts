import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders of tests that need no browser, no other program and no build: they run on every version of Node. */
const FOLDERS =
  'accounts config domain http lib load messages over-the-wire protocol rooms signaling store uws ws ' +
  'client/call client/signaling turn/codec turn/conf turn/core web';
/** What a test imports if it starts a built server, a browser or a proxy. */
const NEEDS_MORE = /support\/(browser\/|server\/(parley-process|process|sync-log))|axe-core|\/dist\//;
/** What a test, or what it imports from `test/`, imports if it starts a server in its own process. */
const NEEDS_UWS = /support\/server\/(server|gateway)|\/harness\.ts|\/stage\.ts|uws\/load/;
/** What it calls if it changes its process for all that run in it. */
const CHANGES_ITS_PROCESS = /vi\.(useFakeTimers|stubGlobal|stubEnv|mock|spyOn)\(|globalThis\.\w+ = /;

const text = (file: string) => readFileSync(file, 'utf8');
const unit = FOLDERS.split(' ')
  .flatMap(testsIn)
  .filter((file) => !NEEDS_MORE.test(text(file)));

/** Unit tests that start a server in their own process. */
export const serving: readonly string[] = unit.filter((file) => has(NEEDS_UWS, file));

/** Others that replace timers or globals of their process. */
export const changing: readonly string[] = unit.filter(
  (file) => !serving.includes(file) && has(CHANGES_ITS_PROCESS, file),
);

/** All others. They may share a process: one for each file would take half of their time. */
export const sharing: readonly string[] = unit.filter(
  (file) => !serving.includes(file) && !changing.includes(file),
);

function testsIn(folder: string): string[] {
  const path = `test/${folder}`;
  if (!existsSync(path)) return [];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.test.ts')).map((file) => `${path}/${file}`);
}

/** Whether a pattern is in a test, or in what it imports from `test/`. */
function has(pattern: RegExp, file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const source = text(file);
  if (pattern.test(source)) return true;
  const imported = [...source.matchAll(/from '(\.[^']+\.ts)'/g)].map(([, path = '']) =>
    join(dirname(file), path),
  );
  return imported.some((path) => path.startsWith('test/') && existsSync(path) && has(pattern, path, seen));
}
