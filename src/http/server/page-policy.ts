import { webSocketOrigin } from './origin.ts';
import type { Header } from './reply.ts';

/**
 * What the page may do [HT7]: run our own scripts and styles (none inline), talk to this server, show and play what
 * it makes itself. Nobody may put it into a frame.
 * @param origin of this server, as it came through `originOf`: it holds nothing that ends a directive
 */
export function pagePolicy(origin: string): readonly Header[] {
  const host = originOnly(origin);
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    // Not every browser counts WebSockets of the same host as 'self'.
    `connect-src 'self' ${webSocketOrigin(host)}`,
    "manifest-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return [
    ['Content-Security-Policy', directives.join('; ')],
    ['Permissions-Policy', 'camera=(self), microphone=(self), display-capture=(self)'],
  ];
}

/** `PUBLIC_URL` may have a path. */
function originOnly(url: string): string {
  return new URL(url).origin;
}
