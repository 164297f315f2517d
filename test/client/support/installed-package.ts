import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../support/documents.ts';

/** A project in an empty folder that has installed the SDK's package. */
export interface Installed {
  readonly folder: string;
  /** Where the package is now. */
  readonly package: string;
  /** The names of the packed files. */
  readonly files: readonly string[];
  /** Writes a file of the project. Returns its path. */
  write(name: string, text: string): Promise<string>;
  /** Runs a module of the project under Node. */
  node(text: string, ...flags: string[]): Promise<{ stdout: string; stderr: string }>;
  remove(): Promise<void>;
}

const run = promisify(execFile);

/** Packs `dist/client` and installs the file, without any registry. */
export async function installPackage(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-installed-'));
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  await write('package.json', '{ "private": true, "type": "module" }');
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(ROOT, 'dist/client'),
  });
  const [{ filename, files }] = JSON.parse(packed.stdout);
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });
  return {
    folder,
    package: join(folder, 'node_modules/parley-client'),
    files: files.map(({ path }: { path: string }) => path),
    write,
    node: async (text, ...flags) =>
      run(process.execPath, [...flags, await write('main.js', text)], { cwd: folder }),
    remove: () => rm(folder, { recursive: true }),
  };
}
