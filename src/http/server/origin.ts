import { ParleyError } from '../../domain/errors.ts';
import { type Network, networkSet } from '../../lib/addresses.ts';
import type { RequestHead } from './request.ts';

/**
 * A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port. What passes can stand in a URL, a
 * header or a Content-Security-Policy as it is. `_` is in no host name, but in those that Docker gives.
 */
const HOST = /^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

interface OriginDeps {
  readonly publicUrl: string | undefined;
  readonly trustedProxies: readonly Network[];
}

/** A name that public DNS can point anywhere: it has a dot, and letters behind the last one. */
const PUBLIC_NAME = /\.[a-z0-9-]*[a-z][a-z0-9-]*$/;
/** Asked by monitors under whatever name they know. */
const FOR_MONITORS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/**
 * How clients reach this server, without a trailing slash: `PUBLIC_URL`, else what the request says of itself. Only
 * a trusted proxy is believed when it says that it was https outside.
 * @throws ParleyError `validation_failed` for a Host that is none, or that names another server than `PUBLIC_URL`
 */
export type OriginOf = (request: RequestHead) => string;

export function createOriginOf({ publicUrl, trustedProxies }: OriginDeps): OriginOf {
  const isTrusted = networkSet(trustedProxies);
  const ownName = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;

  /**
   * Whether a page of another site may have asked, whose name was pointed at our address (DNS rebinding): to a browser it and
   * we are one origin then. Addresses, `localhost` and names without a dot are what proxies send that don't pass Host on;
   * trusted ones may send any. Who has a token doesn't depend on the browser's word.
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
    // The proxy nearest to us wrote the last one.
    const scheme = told?.split(',').at(-1)?.trim().toLowerCase() === 'https' ? 'https' : 'http';
    return `${scheme}://${host.toLowerCase()}`;
  };
}

/** The same place by WebSocket: `wss://call.example.org`. */
export function webSocketOrigin(origin: string): string {
  return origin.replace(/^http/i, 'ws');
}

export function roomUrl(origin: string, roomId: string): string {
  return `${origin}/connect/${roomId}`;
}

/** Joins the room at once [WS1]. */
export function roomWebSocketUrl(origin: string, roomId: string): string {
  return `${webSocketOrigin(origin)}/ws/rooms/${roomId}`;
}

function badHost(): ParleyError {
  return new ParleyError(
    'validation_failed',
    'The Host header must name this server: `host` or `host:port`.',
    {
      errors: [{ path: 'Host', message: 'must be a host name or an IP address, with a port or without' }],
    },
  );
}

function foreignHost(publicUrl: string): ParleyError {
  return new ParleyError(
    'validation_failed',
    `This server is ${publicUrl}. Use that address; a reverse proxy must pass the Host header on.`,
    { errors: [{ path: 'Host', message: `must be that of ${publicUrl}` }] },
  );
}
