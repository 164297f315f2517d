import { type Header, noContent, type Reply } from './reply.ts';
import type { RequestHead } from './request.ts';

/** Seconds for which a browser may remember a preflight. */
const PREFLIGHT_SECONDS = 600;

/**
 * Which other sites' pages may read our answers [HT6]: an allow-list, nobody by default. Tokens travel in
 * Authorization, never in cookies, so credentials are never allowed.
 */
export interface Cors {
  /** Headers that an answer to this request gets. */
  headers(request: RequestHead): readonly Header[];
  /** The answer to OPTIONS. @param allowed the methods at this path, as in `Allow` */
  preflight(request: RequestHead, allowed: string): Reply;
}

/** @param origins such as `https://example.org`; `*` is any */
export function createCors(origins: readonly string[]): Cors {
  const listed = new Set(origins);
  const allows = (origin: string): boolean => listed.has('*') || listed.has(origin);
  // Which origin asks decides the answer: a cache must keep them apart.
  const vary: readonly Header[] = listed.size === 0 ? [] : [['Vary', 'Origin']];

  return {
    headers({ headers }) {
      const origin = headers.get('origin');
      if (origin === undefined || !allows(origin)) return vary;
      return [
        ['Access-Control-Allow-Origin', origin],
        ['Access-Control-Expose-Headers', 'Retry-After, WWW-Authenticate'],
        ...vary,
      ];
    },
    preflight({ headers }, allowed) {
      const origin = headers.get('origin');
      const isPreflight = headers.has('access-control-request-method');
      if (!isPreflight || origin === undefined || !allows(origin)) return noContent([['Allow', allowed]]);
      return noContent([
        ['Allow', allowed],
        ['Access-Control-Allow-Methods', allowed],
        ['Access-Control-Allow-Headers', 'Authorization, Content-Type, X-Room-Password'],
        ['Access-Control-Max-Age', String(PREFLIGHT_SECONDS)],
      ]);
    },
  };
}
