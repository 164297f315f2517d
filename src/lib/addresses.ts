import { BlockList, isIP, isIPv4 } from 'node:net';

/** An address range: `10.0.0.0/8`, or one address. */
export interface Network {
  /** Canonical (see `canonicalAddress`). */
  readonly address: string;
  /** Number of leading bits that are compared: 0–32 for IPv4, 0–128 for IPv6. */
  readonly prefix: number;
}

/**
 * Returns the canonical spelling of an IP address, undefined for any other text: dotted IPv4, also for IPv4-mapped IPv6;
 * other IPv6 as eight lower-case groups without leading zeros.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const bare = text.split('%')[0] ?? '';
  if (isIP(bare) !== 6) return undefined;
  const groups = ipv6Groups(bare);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!mapped) return groups.map((group) => group.toString(16)).join(':');
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/**
 * Returns the key of a limit "per network address": an IPv4 address itself, the /64 of an IPv6 address, because one
 * subscriber can use all of a /64. All text that isn't an address (the client has left) shares one key.
 */
export function networkKey(address: string): string {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return 'unknown';
  return isIPv4(canonical) ? canonical : `${canonical.split(':').slice(0, 4).join(':')}::/64`;
}

/**
 * Returns the key of the block around a network: a /24 of IPv4, a /48 of IPv6. One customer of a provider can easily have a
 * whole one, and so 256 or 65,536 networks.
 */
export function blockKey(address: string): string {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return 'unknown';
  if (isIPv4(canonical)) return `${canonical.slice(0, canonical.lastIndexOf('.'))}.0/24`;
  return `${canonical.split(':').slice(0, 3).join(':')}::/48`;
}

/** Returns undefined if `text` is neither an address nor `address/prefix`. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const canonical = canonicalAddress(address);
  if (canonical === undefined || rest.length > 0) return undefined;
  const most = isIPv4(canonical) ? 32 : 128;
  if (bits === undefined) return { address: canonical, prefix: most };
  // The prefix of an IPv4-mapped address includes the 96 bits before the IPv4 part.
  const prefix = Number(bits) - (isIPv4(canonical) && !isIPv4(address) ? 96 : 0);
  if (!/^\d{1,3}$/.test(bits) || prefix < 0 || prefix > most) return undefined;
  return { address: canonical, prefix };
}

/** Returns a check of whether an address is in one of the ranges. */
export function networkSet(networks: readonly Network[]): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix } of networks) list.addSubnet(address, prefix, familyOf(address));
  return (address) => {
    const canonical = canonicalAddress(address);
    return canonical !== undefined && list.check(canonical, familyOf(canonical));
  };
}

/** Somebody on the network. `address` may be a getter that resolves it when it is read. */
export interface Client {
  readonly address: string;
}

/** Returns a client's address, given the direct peer's and the `X-Forwarded-For` header ('' if there is none). */
export type AddressResolver = (directPeer: string, forwardedFor: string) => string;

/**
 * Believes `X-Forwarded-For` only as far as trusted proxies wrote it. Each hop appends the address it was reached from, so
 * the client is the first address from the right that isn't a trusted proxy. A client can forge everything left of it.
 */
export function createAddressResolver(trustedProxies: readonly Network[]): AddressResolver {
  const isTrusted = networkSet(trustedProxies);
  return (directPeer, forwardedFor) => {
    let client = canonicalAddress(directPeer) ?? directPeer;
    const hops = forwardedFor === '' ? [] : forwardedFor.split(',');
    for (let hop = hops.pop(); hop !== undefined && isTrusted(client); hop = hops.pop()) {
      const before = canonicalAddress(withoutPort(hop.trim()));
      if (before === undefined) break;
      client = before;
    }
    return client;
  };
}

/** Strips the port that some proxies write: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}

function familyOf(canonical: string): 'ipv4' | 'ipv6' {
  return isIPv4(canonical) ? 'ipv4' : 'ipv6';
}

/** @param address a valid IPv6 address */
function ipv6Groups(address: string): number[] {
  const [left = '', right] = address.split('::');
  const head = groupsOf(left);
  if (right === undefined) return head;
  const tail = groupsOf(right);
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
