import { unreachable } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { IceServer } from '../../protocol/fields.ts';
import type { RelayEndpoint } from '../thread/relay-status.ts';
import { makeCredentials } from './credentials.ts';
import { urlHost } from './url-host.ts';

/** ICE servers for one session. */
export interface IceGrant {
  /** For `RTCConfiguration`. */
  readonly iceServers: IceServer[];
  /** When the credentials expire, in milliseconds since 1970; Infinity if there are none. */
  readonly expiresAt: number;
}

/**
 * Returns STUN and TURN servers with new credentials.
 * @param name what quotas and revocation go by; undefined: no credentials, so only STUN
 * @param requestHost the client's Host header (`call.example.org:3001`), if known
 * @param lifetimeSeconds of the credentials, if not as long as usual
 */
export type IceServers = (
  name: string | undefined,
  requestHost?: string,
  lifetimeSeconds?: number,
) => IceGrant;

/** Which URLs clients get. */
export type IceSource =
  /** Those of `TURN_URLS`, unchanged: another relay that shares the secret, or only STUN. */
  | { readonly kind: 'urls'; readonly urls: readonly string[] }
  /** Those of the relay in this process. */
  | { readonly kind: 'embedded'; readonly relay: RelayEndpoint; readonly publicUrl: string | undefined };

export interface IceServersDeps {
  readonly source: IceSource;
  /** `static-auth-secret`, shared with the relay. */
  readonly secret: string;
  readonly clock: Clock;
  /** Seconds for which credentials open new allocations; existing ones live on. */
  readonly lifetimeSeconds: number;
}

export function createIceServers({ source, secret, clock, lifetimeSeconds }: IceServersDeps): IceServers {
  // WebSocket sessions have no Host header, so their URLs change only with the relay's address, or when it gets a certificate.
  let cached = { address: addressOf(source), tlsPort: tlsPortOf(source), ...sortedUrls(source, undefined) };
  const withoutHost = () => {
    const address = addressOf(source);
    const tlsPort = tlsPortOf(source);
    if (address !== cached.address || tlsPort !== cached.tlsPort)
      cached = { address, tlsPort, ...sortedUrls(source, undefined) };
    return cached;
  };
  return (name, requestHost, seconds = lifetimeSeconds) => {
    const { stun, turn } = requestHost === undefined ? withoutHost() : sortedUrls(source, requestHost);
    const iceServers: IceServer[] = stun.length === 0 ? [] : [{ urls: stun }];
    if (turn.length === 0 || name === undefined) return { iceServers, expiresAt: Number.POSITIVE_INFINITY };
    const expiresAtSeconds = Math.floor(clock.now() / 1000) + seconds;
    iceServers.push({ urls: turn, ...makeCredentials(secret, expiresAtSeconds, name) });
    return { iceServers, expiresAt: expiresAtSeconds * 1000 };
  };
}

/** The relay's address in the URLs, which may change. */
function addressOf(source: IceSource): string {
  return source.kind === 'urls' ? '' : (source.relay.externalAddress ?? source.relay.ownAddress);
}

/** Changes when the server gets its first certificate. */
function tlsPortOf(source: IceSource): number | undefined {
  return source.kind === 'urls' ? undefined : source.relay.tlsPort;
}

function sortedUrls(source: IceSource, requestHost: string | undefined): { stun: string[]; turn: string[] } {
  const urls = urlsOf(source, requestHost);
  return {
    stun: urls.filter((url) => url.startsWith('stun')),
    turn: urls.filter((url) => url.startsWith('turn')),
  };
}

function urlsOf(source: IceSource, requestHost: string | undefined): readonly string[] {
  switch (source.kind) {
    case 'urls':
      return source.urls;
    case 'embedded':
      return embeddedUrls(source.relay, source.publicUrl, requestHost);
    default:
      return unreachable(source);
  }
}

/** URLs by RFC 7064 and RFC 7065. UDP comes first because it is the best path if it works. */
function embeddedUrls(
  relay: RelayEndpoint,
  publicUrl: string | undefined,
  requestHost: string | undefined,
): string[] {
  const name = publicUrl === undefined ? requestHost : new URL(publicUrl).host;
  const host = urlHost(relay.externalAddress ?? name, relay.ownAddress);
  // Certificates are for names, not for addresses.
  const tlsHost = urlHost(name ?? relay.externalAddress, relay.ownAddress);
  return [
    ...(relay.udp ? [`stun:${host}:${relay.port}`, `turn:${host}:${relay.port}?transport=udp`] : []),
    ...(relay.tcp ? [`turn:${host}:${relay.port}?transport=tcp`] : []),
    ...(relay.tlsPort === undefined ? [] : [`turns:${tlsHost}:${relay.tlsPort}?transport=tcp`]),
  ];
}
