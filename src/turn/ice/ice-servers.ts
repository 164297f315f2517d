import { unreachable } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { IceServer } from '../../protocol/fields.ts';
import { makeCredentials } from './credentials.ts';
import { urlHost } from './url-host.ts';

/** What a session is given: entries for RTCConfiguration, and when their credentials die (ms since 1970; Infinity: none). */
export interface IceGrant {
  readonly iceServers: IceServer[];
  readonly expiresAt: number;
}

/**
 * @param name whose credentials they are: a peerId, or a login's or user's id if there is no session; undefined: nobody's,
 * so STUN alone
 * @param requestHost the Host header (`call.example.org:3001`) by which this client reached us, if it is known
 */
export type IceServers = (name: string | undefined, requestHost?: string) => IceGrant;

/** Where the URLs come from. */
export type IceSource =
  /** `TURN_URLS`, as they are: another relay that shares the secret, or STUN alone. */
  | { readonly kind: 'urls'; readonly urls: readonly string[] }
  /** The relay in this process. */
  | { readonly kind: 'embedded'; readonly relay: RelayEndpoint; readonly publicUrl: string | undefined };

/** How clients reach the embedded relay. The relay changes its addresses as the machine's change. */
export interface RelayEndpoint {
  /** The port of UDP and TCP. */
  readonly port: number;
  /** undefined: no TLS. */
  readonly tlsPort: number | undefined;
  readonly udp: boolean;
  readonly tcp: boolean;
  /** `external-ip`: goes before every host name, which may lead to a proxy that passes HTTP alone. */
  readonly externalAddress: string | undefined;
  /** The address of this machine that other machines are likeliest to reach. */
  readonly ownAddress: string;
}

export interface IceServersDeps {
  readonly source: IceSource;
  /** Shared with the relay: `static-auth-secret`. */
  readonly secret: string;
  readonly clock: Clock;
  /** Seconds that credentials open new allocations; one that exists goes on beyond them. */
  readonly lifetimeSeconds: number;
}

/** @returns a function that makes one session's STUN and TURN entries with credentials of its own */
export function createIceServers({ source, secret, clock, lifetimeSeconds }: IceServersDeps): IceServers {
  /** Only HTTP knows by which name it was reached. */
  let ofSessions = { at: placeOf(source), ...sortedUrls(source, undefined) };
  const forSessions = () => {
    const at = placeOf(source);
    if (at !== ofSessions.at) ofSessions = { at, ...sortedUrls(source, undefined) };
    return ofSessions;
  };
  return (name, requestHost) => {
    const { stun, turn } = requestHost === undefined ? forSessions() : sortedUrls(source, requestHost);
    const iceServers: IceServer[] = stun.length === 0 ? [] : [{ urls: stun }];
    if (turn.length === 0 || name === undefined) return { iceServers, expiresAt: Number.POSITIVE_INFINITY };
    const expiresAtSeconds = Math.floor(clock.now() / 1000) + lifetimeSeconds;
    iceServers.push({ urls: turn, ...makeCredentials(secret, expiresAtSeconds, name) });
    return { iceServers, expiresAt: expiresAtSeconds * 1000 };
  };
}

/** What the URLs depend on and the machine may change. */
function placeOf(source: IceSource): string {
  return source.kind === 'urls' ? '' : (source.relay.externalAddress ?? source.relay.ownAddress);
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

/** RFC 7064 and RFC 7065. UDP first: it is the best path where it works. */
function embeddedUrls(
  relay: RelayEndpoint,
  publicUrl: string | undefined,
  requestHost: string | undefined,
): string[] {
  const name = publicUrl === undefined ? requestHost : new URL(publicUrl).host;
  const host = urlHost(relay.externalAddress ?? name, relay.ownAddress);
  // A certificate is for the name, not for the address.
  const tlsHost = urlHost(name ?? relay.externalAddress, relay.ownAddress);
  return [
    ...(relay.udp ? [`stun:${host}:${relay.port}`, `turn:${host}:${relay.port}?transport=udp`] : []),
    ...(relay.tcp ? [`turn:${host}:${relay.port}?transport=tcp`] : []),
    ...(relay.tlsPort === undefined ? [] : [`turns:${tlsHost}:${relay.tlsPort}?transport=tcp`]),
  ];
}
