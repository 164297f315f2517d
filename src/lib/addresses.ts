import { BlockList, isIP, isIPv4 } from 'node:net';

/** An address range: `10.0.0.0/8`, or one address. */
export interface Network {
  /** Canonical (see `canonicalAddress`). */
  readonly address: string;
  /** Leading bits that count: up to 32 for IPv4, up to 128 for IPv6. */
  readonly prefix: number;
}

/**
 * The one spelling of an IP address: IPv4 dotted, IPv4-mapped IPv6 as the IPv4 that it is, other IPv6 as eight
 * groups in lower case without leading zeros. `undefined` for anything else.
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
 * What a limit "per network address" counts by: an IPv4 address as it is, an IPv6 address by its /64, since one
 * subscriber has all of a /64 to choose from. Text that is no address (a client that is gone) counts as one.
 */
export function networkKey(address: string): string {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return 'unknown';
  return isIPv4(canonical) ? canonical : `${canonical.split(':').slice(0, 4).join(':')}::/64`;
}

/** @returns undefined where `text` is neither an address nor `address/prefix` */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const canonical = canonicalAddress(address);
  if (canonical === undefined || rest.length > 0) return undefined;
  const most = isIPv4(canonical) ? 32 : 128;
  if (bits === undefined) return { address: canonical, prefix: most };
  // A prefix of a mapped address counts the 96 bits before the IPv4 part.
  const prefix = Number(bits) - (isIPv4(canonical) && !isIPv4(address) ? 96 : 0);
  if (!/^\d{1,3}$/.test(bits) || prefix < 0 || prefix > most) return undefined;
  return { address: canonical, prefix };
}

/** A set of ranges that answers whether an address is in one of them. */
export function networkSet(networks: readonly Network[]): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix } of networks) list.addSubnet(address, prefix, familyOf(address));
  return (address) => {
    const canonical = canonicalAddress(address);
    return canonical !== undefined && list.check(canonical, familyOf(canonical));
  };
}

/** Somebody on the network. The address may be found out only when it is asked for. */
export interface Client {
  readonly address: string;
}

/** The address that a request came from, given the direct peer's and its `X-Forwarded-For` header ('' if none). */
export type AddressResolver = (directPeer: string, forwardedFor: string) => string;

/**
 * Believes `X-Forwarded-For` only as far as trusted proxies wrote it: read from the right, each entry was added by
 * the hop after it; the first that is no trusted proxy is the client. Whatever stands left of it anybody can forge.
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

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
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
