import { parseNetwork } from './addresses.ts';

/** As in RFC 952 and RFC 1123, with underscores, which names in private networks have. */
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;
const PARTS = /^([a-z]*):(\[[^\]]*\]|[^:?#/[\]]*)(?::([^?]*))?(?:\?(.*))?$/s;

/**
 * Returns why a browser would refuse a STUN or TURN URL (RFC 7064, RFC 7065), as a clause to follow the URL in a sentence;
 * undefined if it is valid. `new RTCPeerConnection` throws because of a single bad URL, and the call fails with it.
 */
export function iceUrlFault(url: string): string | undefined {
  const [, scheme = '', host = '', port, query] = PARTS.exec(url) ?? [];
  if (!/^(?:stun|turn)s?$/.test(scheme)) return 'is not of the form turn:host:port';
  if (!isHost(host)) return 'has no valid host name or address (IPv6 in brackets)';
  if (port !== undefined && !isPort(port)) return 'has a port that is not from 1 to 65535';
  if (query === undefined) return undefined;
  if (scheme.startsWith('stun')) return 'has a query, which only turn: and turns: may have';
  if (!/^transport=(?:udp|tcp)$/.test(query)) {
    return 'has another query than transport=udp or transport=tcp';
  }
  return undefined;
}

function isHost(host: string): boolean {
  const inBrackets = /^\[([^/%]*:[^/%]*)\]$/.exec(host)?.[1];
  if (inBrackets !== undefined) return parseNetwork(inBrackets) !== undefined;
  if (/^[\d.]+$/.test(host)) return parseNetwork(host) !== undefined;
  return HOST_NAME.test(host);
}

function isPort(port: string): boolean {
  return /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
}
