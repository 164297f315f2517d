import { weightOf } from './accept.ts';
import type { Encoding, File } from './files.ts';
import type { Header, Reply } from './reply.ts';
import type { RequestHead } from './request.ts';

/** A year is what caches treat as for ever (RFC 9111 has no max). */
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Cached, but revalidated before each use. */
const REVALIDATED = 'no-cache';

/** Returns a file in the best encoding that the client accepts, or 304 if the client has it (RFC 9110, 13.1.2). */
export function fileReply(file: File, { headers }: RequestHead, extra: readonly Header[] = []): Reply {
  const encoding = file.isText ? encodingFor(headers.get('accept-encoding') ?? '') : 'identity';
  const etag = file.etag(encoding);
  const cache = file.isImmutable ? IMMUTABLE : REVALIDATED;
  const always: Header[] = [['ETag', etag], ...extra];
  if (file.isText) always.push(['Vary', 'Accept-Encoding']);
  if (matches(headers.get('if-none-match') ?? '', etag)) {
    return { status: 304, headers: always, cache, body: file.bytes(encoding) };
  }
  if (encoding !== 'identity') always.push(['Content-Encoding', encoding]);
  return {
    status: 200,
    headers: [['Content-Type', file.type], ...always],
    cache,
    body: file.bytes(encoding),
  };
}

function encodingFor(accepted: string): Encoding {
  const brotli = weightOf(accepted, 'br');
  const gzip = weightOf(accepted, 'gzip');
  if (brotli > 0 && brotli >= gzip) return 'br';
  return gzip > 0 ? 'gzip' : 'identity';
}

/** Compares weakly: ignores `W/`. */
function matches(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()));
}
