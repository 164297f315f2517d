import { webSocketOrigin } from './origin.ts';
import type { Header } from './reply.ts';

/**
 * Returns the headers that restrict the page [HT7]: it runs only our own scripts and styles (none inline), talks only to this
 * server, plays only what it makes itself, shows besides only pictures by https, and can't be framed but by `embedOrigins`.
 * @param origin of this server, as returned by `OriginOf`: it contains nothing that ends a directive
 * @param embedOrigins sites that may frame this page, as in `Config`: sources of CSP Level 3, 2.3.1
 */
export function pagePolicy(origin: string, embedOrigins: readonly string[] = []): readonly Header[] {
  const host = originOnly(origin);
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    // People's pictures are https URLs of any host.
    "img-src 'self' blob: data: https:",
    "media-src 'self' blob:",
    // Some browsers don't count WebSockets of the same host as 'self'.
    `connect-src 'self' ${webSocketOrigin(host)}`,
    "manifest-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${embedOrigins.length === 0 ? "'none'" : embedOrigins.join(' ')}`,
  ];
  return [
    ['Content-Security-Policy', directives.join('; ')],
    ['Permissions-Policy', 'camera=(self), microphone=(self), display-capture=(self)'],
  ];
}

function originOnly(url: string): string {
  return new URL(url).origin;
}
