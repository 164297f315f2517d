import type { OriginCheck } from '../../lib/origins.ts';
import { type Header, noContent, type Reply } from './reply.ts';
import type { RequestHead } from './request.ts';

/** How long browsers may cache a preflight, in seconds. */
const PREFLIGHT_SECONDS = 600;

/**
 * Tells browsers which other sites' pages may read replies [HT6]: those on the allow-list. Tokens travel in Authorization,
 * never in cookies, so credentials are never allowed.
 */
export interface Cors {
  /** Returns the headers for the reply to this request. */
  headers(request: RequestHead): readonly Header[];
  /** Returns the reply to OPTIONS. @param allowed the methods at this path, as in `Allow` */
  preflight(request: RequestHead, allowed: string): Reply;
}

/** Scripts that any site may load, as a module too, which takes CORS: the same public file for everybody. */
const FOR_EVERY_SITE: ReadonlySet<string> = new Set(['/embed.js']);
const ANY_ORIGIN: Header = ['Access-Control-Allow-Origin', '*'];

// The reply depends on the page that asks, so caches must keep replies apart.
const VARY: Header = ['Vary', 'Origin'];

export function createCors(allowsOrigin: OriginCheck): Cors {
  const allows = (origin: string | undefined, { headers }: RequestHead): origin is string =>
    origin !== undefined && allowsOrigin(origin, headers.get('host') ?? '');

  return {
    headers(request) {
      if (FOR_EVERY_SITE.has(request.path)) return [ANY_ORIGIN];
      const origin = request.headers.get('origin');
      if (!allows(origin, request)) return [VARY];
      return [
        ['Access-Control-Allow-Origin', origin],
        ['Access-Control-Expose-Headers', 'ETag, Retry-After, WWW-Authenticate'],
        VARY,
      ];
    },
    preflight(request, allowed) {
      const { headers } = request;
      const isPreflight = headers.has('access-control-request-method');
      if (!isPreflight || !allows(headers.get('origin'), request)) return noContent([['Allow', allowed]]);
      return noContent([
        ['Allow', allowed],
        ['Access-Control-Allow-Methods', allowed],
        ['Access-Control-Allow-Headers', 'Authorization, Content-Type, If-Match, X-Room-Password'],
        ['Access-Control-Max-Age', String(PREFLIGHT_SECONDS)],
      ]);
    },
  };
}
