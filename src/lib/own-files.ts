import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, resolve, sep } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { isPacked, packedBytes, packedNames, packedText } from './packed.ts';

/** Parley's own files, wherever they are: beside the sources, beside `dist`, or inside the single executable. */

/** Two folders up is the package's root, both from src and from dist. In the executable this names nothing. */
const ROOT = isPacked ? '' : resolve(import.meta.dirname, '../..');

/** The checkout that this process runs from; undefined in the executable, and if `dist` was copied without its history. */
export const CHECKOUT = !isPacked && existsSync(join(ROOT, '.git')) ? ROOT : undefined;

/** Files that are read by their names, relative to the package's root. */
type OwnFile = 'package.json' | 'schema.sql' | 'turnserver.conf';

export function readOwnFile(file: OwnFile): string {
  return isPacked ? packedText(file) : readFileSync(join(ROOT, file), 'utf8');
}

/** A folder of files, on the disk or in the executable. */
export interface FileTree {
  /** For messages. */
  readonly name: string;
  /** Paths below `folder`, relative to it, with `/` between; empty if there is no such folder. */
  list(folder: string): string[];
  /**
   * Returns a file, which must not be written to; undefined if there is none.
   * @param path relative to the tree, as `folder/path`
   */
  read(path: string): Buffer | undefined;
}

export function folderTree(root: string): FileTree {
  return {
    name: root,
    list(folder) {
      const below = join(root, folder);
      if (!existsSync(below)) return [];
      return readdirSync(below, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(below, join(entry.parentPath, entry.name)).split(sep).join('/'));
    },
    read: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined),
  };
}

function packedTree(root: string): FileTree {
  return {
    name: root,
    list: (folder) => packedNames(`${root}/${folder}/`),
    read: (path) => packedBytes(`${root}/${path}`),
  };
}

/** What `npm run build` makes for clients: the page, the SDK, the handbook. */
export const BUILT: FileTree = isPacked ? packedTree('dist') : folderTree(join(ROOT, 'dist'));

/** Files that run as threads, relative to src and dist. */
export const THREADS = ['turn/thread/worker', 'lib/hash-thread', 'store/sqlite/checkpoint-thread'] as const;

/** Starts a thread from its file: `.js` if compiled, `.ts` if a test runner reads the source. */
export function startThread(file: (typeof THREADS)[number], options: WorkerOptions): Worker {
  if (isPacked) return new Worker(packedText(`threads/${file}.js`), { ...options, eval: true });
  return new Worker(new URL(`../${file}${extname(import.meta.url)}`, import.meta.url), options);
}

/** How this program is run again, without its arguments: program and first arguments. */
export function ownProgram(): readonly [program: string, ...args: string[]] {
  if (isPacked) return [process.execPath];
  return [
    process.execPath,
    ...process.execArgv,
    join(import.meta.dirname, `../main${extname(import.meta.url)}`),
  ];
}
