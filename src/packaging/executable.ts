import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FileTree } from '../lib/own-files.ts';

/** How Node recognises that something was put into its binary (nodejs.org/api/single-executable-applications.html). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export interface ExecutableParts {
  /** CommonJS without packages. */
  readonly main: string;
  /** By name; `list` is added. */
  readonly assets: ReadonlyMap<string, string | Buffer>;
}

/**
 * Writes a single executable: this Node, with the code and the assets inside.
 * @param folder for files that are needed on the way; removed in the end
 */
export function writeExecutable(path: string, { main, assets }: ExecutableParts, folder: string): void {
  try {
    const listed = new Map([...assets, ['list', [...assets.keys()].join('\n')] as const]);
    const files = [...listed].map(([name, content]) => [name, put(join(folder, 'assets', name), content)]);
    const blob = join(folder, 'blob');
    const config = {
      main: put(join(folder, 'main.cjs'), main),
      output: blob,
      disableExperimentalSEAWarning: true,
      // As main.ts begins. Node knows it since 24.6 and leaves it alone before: README.md says what to do then.
      execArgv: ['--single-threaded-gc', '--max-semi-space-size=4'],
      assets: Object.fromEntries(files),
    };
    run(process.execPath, [
      '--experimental-sea-config',
      put(join(folder, 'sea.json'), JSON.stringify(config)),
    ]);
    // A file beside the goal, so that it gets its name only when it is whole.
    const unfinished = `${path}.unfinished`;
    copyFileSync(process.execPath, unfinished);
    chmodSync(unfinished, 0o755);
    if (spawnSync('strip', [unfinished]).status !== 0)
      console.log('not stripped: `strip` is missing (binutils)');
    run(process.execPath, [postject(), unfinished, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE]);
    renameSync(unfinished, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All files of a tree, with the prefix before their names. */
export function assetsOf(tree: FileTree, prefix: string, names: readonly string[]): Map<string, Buffer> {
  return new Map(
    names.map((name) => {
      const content = tree.read(name);
      if (content === undefined) throw new Error(`${name} is not built: run \`npm run build\``);
      return [`${prefix}${name}`, content];
    }),
  );
}

function put(path: string, content: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function postject(): string {
  return join(dirname(createRequire(import.meta.url).resolve('postject')), 'cli.js');
}

function run(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}:\n${stdout}${stderr}`);
}
