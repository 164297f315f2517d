import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, resolve, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Log } from '../../lib/log.ts';

/** Where `npm run build` puts what is served, seen from `src/http/server` and from `dist/http/server` alike. */
export const BUILT = resolve(import.meta.dirname, '../../../dist');

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
/** Those that are worth compressing. */
const IS_TEXT = /charset=utf-8$/;
/** As Vite names a file after its content: `index-B2xK9f_a.js`. */
const NAMED_BY_CONTENT = /-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

export type Encoding = 'br' | 'gzip' | 'identity';

export interface File {
  readonly type: string;
  /** Its name changes with its content: it may be kept for ever. */
  readonly isImmutable: boolean;
  readonly isText: boolean;
  /** Of the bytes as they are sent, so that it differs by encoding. */
  etag(encoding: Encoding): string;
  bytes(encoding: Encoding): Uint8Array;
}

/** What is served, by its path in the URL. */
export type Files = ReadonlyMap<string, File>;

/** The path in `Files` of the page, which several addresses show. */
export const PAGE = '/index.html';

/**
 * Reads all that will be served, once: whatever a request asks for is then looked up in a map, and no path leads to
 * the disk. A folder that is missing is told in the log; the server works without its page.
 */
export function loadFiles(folder: string, log: Log): Files {
  const files = new Map<string, File>();
  const web = join(folder, 'web');
  for (const path of filesIn(web)) {
    const name = relative(web, path).split(sep).join('/');
    files.set(name === 'index.html' ? PAGE : `/assets/${name}`, fileOf(path));
  }
  for (const name of ['client.js', 'client.d.ts']) {
    const path = join(folder, name);
    if (existsSync(path)) files.set(`/${name}`, fileOf(path));
  }
  const missing = [PAGE, '/client.js', '/client.d.ts'].filter((path) => !files.has(path));
  if (missing.length > 0) log.warn('the page is not built: run `npm run build`', { folder, missing });
  return files;
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function fileOf(path: string): File {
  const plain = readFileSync(path);
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

/** A file that is made for one request: not compressed, since that would be done for each. */
export function generated(type: string, text: string): File {
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { type, isImmutable: false, isText: false, etag: () => `"${hash}"`, bytes: () => bytes };
}

/** Once for each file and encoding, when it is first asked for. */
function compress(plain: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === 'identity') return plain;
  if (encoding === 'gzip') return gzipSync(plain, { level: 9 });
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}
