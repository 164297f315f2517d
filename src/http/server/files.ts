import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Log } from '../../lib/log.ts';
import type { FileTree } from '../../lib/own-files.ts';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.ts', 'application/typescript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.webmanifest', 'application/manifest+json; charset=utf-8'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.svg', 'image/svg+xml; charset=utf-8'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
  ['.mp3', 'audio/mpeg'],
  ['.ogg', 'audio/ogg'],
]);
/** Types worth compressing. */
const IS_TEXT = /charset=utf-8$/;
/** Matches files that Vite names after their content: `index-B2xK9f_a.js`. */
const NAMED_BY_CONTENT = /-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

export type Encoding = 'br' | 'gzip' | 'identity';

export interface File {
  readonly type: string;
  /** Whether its name changes with its content, so that it may be cached for ever. */
  readonly isImmutable: boolean;
  readonly isText: boolean;
  /** Differs by encoding, because it identifies the bytes as they are sent. */
  etag(encoding: Encoding): string;
  bytes(encoding: Encoding): Uint8Array;
}

/** The served files, by the path of their URL. */
export type Files = ReadonlyMap<string, File>;

/** Key of the page in `Files`; several URLs show it. */
export const PAGE = '/index.html';

/** Folder of the handbook and the reference, in the build and in `Files`. */
const DOCS = 'docs';

/**
 * Reads all served files once. Requests look paths up in a map, so no path leads to the disk. If files are missing, this logs
 * a warning; the server works without its page.
 * @param complete returns the page as this server shows it. Default: as it was built
 */
export function loadFiles(dist: FileTree, log: Log, complete = (html: string) => html): Files {
  const files = new Map<string, File>();
  const add = (path: string, url: string): void => {
    const plain = dist.read(path);
    if (plain === undefined) return;
    files.set(url, fileOf(path, url === PAGE ? Buffer.from(complete(plain.toString())) : plain));
  };
  for (const name of dist.list('web')) add(`web/${name}`, name === 'index.html' ? PAGE : `/assets/${name}`);
  for (const name of dist.list(DOCS)) add(`${DOCS}/${name}`, `/${DOCS}/${basename(name)}`);
  for (const name of ['client.js', 'client.d.ts', 'embed.js', 'embed.d.ts']) add(name, `/${name}`);
  const missing = [PAGE, '/client.js', '/client.d.ts', '/embed.js', '/embed.d.ts'].filter(
    (path) => !files.has(path),
  );
  if (missing.length > 0) {
    log.warn('the page is not built: run `npm run build`', { folder: dist.name, missing });
  }
  return files;
}

function fileOf(path: string, plain: Buffer): File {
  const type = TYPES.get(extname(path)) ?? 'application/octet-stream';
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  const encoded = new Map<Encoding, Uint8Array>([['identity', plain]]);
  return {
    type,
    isImmutable: NAMED_BY_CONTENT.test(path),
    isText: IS_TEXT.test(type),
    etag: (encoding) => `"${encoding === 'identity' ? hash : `${hash}-${encoding}`}"`,
    bytes(encoding) {
      const bytes = encoded.get(encoding) ?? compress(plain, encoding);
      encoded.set(encoding, bytes);
      return bytes;
    },
  };
}

/** Returns a file that is generated per request; never compressed, because that would happen on every request. */
export function generated(type: string, text: string): File {
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { type, isImmutable: false, isText: false, etag: () => `"${hash}"`, bytes: () => bytes };
}

/** Runs once per file and encoding, when it is first requested. */
function compress(plain: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === 'identity') return plain;
  if (encoding === 'gzip') return gzipSync(plain, { level: 9 });
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}
