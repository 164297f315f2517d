import { ParleyError } from '../../domain/errors.ts';
import { type Network, networkSet } from '../../lib/addresses.ts';
import type { RequestHead } from './request.ts';

/**
 * A name, an IPv4 address or a bracketed IPv6 address, with or without a port. What matches can go into a URL, a header or a
 * Content-Security-Policy as it is. Host names have no `_`, except those that Docker gives.
 */
const HOST = /^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

interface OriginDeps {
  readonly publicUrl: string | undefined;
  /** Undefined: this server speaks plain HTTP. */
  readonly tls?: object | undefined;
  readonly trustedProxies: readonly Network[];
}

/** A name that public DNS can point anywhere: it has a dot with letters behind it. */
const PUBLIC_NAME = /\.[a-z0-9-]*[a-z][a-z0-9-]*$/;
/** Paths that monitors request under whatever name they know. */
const FOR_MONITORS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/**
 * Returns how the client reaches this server, without a trailing slash: `PUBLIC_URL`, or else what the request's headers say.
 * X-Forwarded-Proto is believed only from trusted proxies.
 * @throws ParleyError `validation_failed` if the Host header is malformed, or names another server than `PUBLIC_URL`
 */
export type OriginOf = (request: RequestHead) => string;

export function createOriginOf({ publicUrl, tls, trustedProxies }: OriginDeps): OriginOf {
  const isTrusted = networkSet(trustedProxies);
  const ownName = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;

  /**
   * Returns whether the request may come from another site whose name was pointed at our address (DNS rebinding): browsers
   * take such a site and this server for one origin. Proxies that don't pass Host on send addresses, `localhost` and names
   * without a dot; trusted proxies may send any name. A request with a token doesn't rely on the browser's origin check.
   */
  function isForeign(host: string, { path, headers, directPeer }: RequestHead): boolean {
    const name = host.replace(/\.?(:\d+)?$/, '').toLowerCase();
    if (name === ownName || !PUBLIC_NAME.test(name) || FOR_MONITORS.has(path)) return false;
    return !headers.has('authorization') && !isTrusted(directPeer);
  }

  return (request) => {
    const { headers, directPeer } = request;
    const host = headers.get('host') ?? '';
    if (!HOST.test(host)) throw badHost();
    if (publicUrl !== undefined) {
      if (isForeign(host, request)) throw foreignHost(publicUrl);
      return publicUrl;
    }
    const told = isTrusted(directPeer) ? headers.get('x-forwarded-proto') : undefined;
    // The nearest proxy appended the last value.
    const isSecure = tls !== undefined || told?.split(',').at(-1)?.trim().toLowerCase() === 'https';
    const scheme = isSecure ? 'https' : 'http';
    return `${scheme}://${host.toLowerCase()}`;
  };
}

/** Returns the WebSocket origin of an HTTP origin: `wss://call.example.org`. */
export function webSocketOrigin(origin: string): string {
  return origin.replace(/^http/i, 'ws');
}

export function roomUrl(origin: string, roomId: string): string {
  return `${origin}/connect/${roomId}`;
}

/** Returns the link of an invitation into a room. The page takes the secret out of the address bar. */
export function invitationUrl(origin: string, roomId: string, secret: string): string {
  return `${roomUrl(origin, roomId)}?invite=${secret}`;
}

/** Returns the address at which somebody registers by an invitation. The page takes the secret out of the address bar. */
export function registrationUrl(origin: string, secret: string): string {
  return `${origin}/register?invite=${secret}`;
}

/** Returns the address at which somebody sets a new password. No browser sends the fragment. */
export function resetUrl(origin: string, token: string): string {
  return `${origin}/reset#token=${token}`;
}

/** Returns the URL of a WebSocket that joins the room at once [WS1]. */
export function roomWebSocketUrl(origin: string, roomId: string): string {
  return `${webSocketOrigin(origin)}/ws/rooms/${roomId}`;
}

function badHost(): ParleyError {
  return new ParleyError(
    'validation_failed',
    'The Host header must name this server: `host` or `host:port`.',
    {
      errors: [{ path: 'Host', message: 'must be a host name or an IP address, with or without a port' }],
    },
  );
}

function foreignHost(publicUrl: string): ParleyError {
  return new ParleyError(
    'validation_failed',
    `This server is ${publicUrl}. Use that address; a reverse proxy must pass the Host header on.`,
    { errors: [{ path: 'Host', message: `must be the host of ${publicUrl}` }] },
  );
}
