/** A host name or IPv4 address: letters, digits, dots and inner hyphens (RFC 952, RFC 1123). */
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?$/i;
const IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i;
/** `host`, `host:port`, `[v6]`, `[v6]:port`, a bare IPv6 address. */
const HOST_HEADER = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/;

/**
 * The host of a STUN or TURN URL, without a port and with IPv6 in brackets: the one by which the client reached this server, or
 * `ownAddress` if that is unknown, malformed (a client may send anything) or loopback. Some browsers gather no candidates for
 * loopback, and this machine's own address leads to the same place.
 * @param reached a Host header or a bare address
 */
export function urlHost(reached: string | undefined, ownAddress: string): string {
  const host = bareHost(reached ?? '');
  return host === undefined || isLoopback(host) ? bracketed(ownAddress) : bracketed(host);
}

function bareHost(reached: string): string | undefined {
  if (IPV6.test(reached) && reached.split(':').length > 2) return reached;
  const [, v6, name] = HOST_HEADER.exec(reached) ?? [];
  if (v6 !== undefined) return IPV6.test(v6) ? v6 : undefined;
  return name !== undefined && name.length <= 253 && NAME.test(name) ? name : undefined;
}

function isLoopback(host: string): boolean {
  return /^(?:(?:.*\.)?localhost\.?|127(?:\.\d+){3}|::1)$/i.test(host);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
