import type { NetworkInterfaceInfo } from 'node:os';
import {
  type Address,
  type AddressRange,
  type Family,
  inRange,
  parseAddress,
  parseRange,
} from '../codec/addresses.ts';
import type { RelayConf } from '../conf/relay-conf.ts';

/** What `os.networkInterfaces()` returns. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The relay's address of one family. */
export interface RelayAddress {
  /** The address that relay sockets are bound to. */
  readonly bound: string;
  /** The relayed address that clients get: the same, or `external-ip`. */
  readonly relayed: string;
}

/** The relay's addresses, by the settings and this machine's interfaces. */
export interface MachineAddresses {
  /**
   * Addresses with a UDP listener each. The kernel chooses the source address of a socket on 0.0.0.0, and clients drop
   * responses from another address than they sent to.
   */
  readonly datagram: readonly string[];
  /** Addresses to listen on for TCP and TLS. */
  readonly stream: readonly string[];
  readonly relay4: RelayAddress | undefined;
  readonly relay6: RelayAddress | undefined;
  /** Every address of this machine, and every public one that leads to it. */
  readonly own: readonly string[];
  /** The first `external-ip`. */
  readonly external: string | undefined;
  /** The address for clients: `external`, or the relayed IPv4 or IPv6 address. */
  readonly preferred: string;
  /** Whether `preferred` is a public address. */
  readonly reachable: boolean;
  /** Whether only this machine can reach the relay: it has only loopback addresses, and the settings name none. */
  readonly isolated: boolean;
}

/** Names of bridges and tunnels to virtual machines and containers, whose addresses other machines can't reach. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|cali|podman)/;

const LOOPBACK = ranges('127.0.0.0/8', '::1');
const LINK_LOCAL = ranges('169.254.0.0/16', 'fe80::/10');
/** RFC 1918, RFC 6598 (CGNAT), RFC 4193 (ULA). */
const PRIVATE = ranges('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');

/**
 * @param conf its host names that have no address yet are ignored
 * @param before the previous result: a relay address is kept until it is gone or there is a better one
 */
export function machineAddresses(
  conf: RelayConf,
  interfaces: Interfaces,
  before?: MachineAddresses,
): MachineAddresses {
  const found = addressesOf(interfaces);
  const listening = listeningAddresses(conf, found);
  const relay4 = relayAddress(4, conf, found, before?.relay4?.bound);
  const relay6 = relayAddress(6, conf, found, before?.relay6?.bound);
  const publics = conf.externalIps.map(({ publicAddress }) => publicAddress).filter(isAddress);
  const [external] = publics;
  const preferred = external ?? relay4?.relayed ?? relay6?.relayed ?? '127.0.0.1';
  return {
    ...listening,
    relay4,
    relay6,
    own: [...new Set([...found, ...publics])],
    external,
    preferred,
    reachable: rank(preferred) === 0,
    isolated:
      chosenAddresses(conf) === undefined && usable(found).every((address) => within(LOOPBACK, address)),
  };
}

function addressesOf(interfaces: Interfaces): string[] {
  const names = Object.keys(interfaces).sort((a, b) => Number(VIRTUAL.test(a)) - Number(VIRTUAL.test(b)));
  return names.flatMap((name) => (interfaces[name] ?? []).map(({ address }) => address));
}

/** Without IPv6 link-local addresses: they need a zone, which a TURN URL can't have. */
function listeningAddresses(conf: RelayConf, found: readonly string[]) {
  if (conf.listeningIps.length > 0) {
    const all = conf.listeningIps.flatMap((address) =>
      isWildcard(address) ? sameFamily(address, found) : [address],
    );
    return { datagram: usable(all), stream: withoutCovered(conf.listeningIps.filter(isAddress)) };
  }
  const datagram = usable(found);
  const stream = ['0.0.0.0', ...(datagram.some((address) => address.includes(':')) ? ['::'] : [])];
  return { datagram, stream };
}

/** Removes addresses that a wildcard of their family covers, on which listening would fail. */
function withoutCovered(addresses: readonly string[]): string[] {
  const wildcards = addresses.filter(isWildcard);
  const isCovered = (address: string) => wildcards.some((all) => familyOf(all) === familyOf(address));
  return [...new Set(addresses)].filter((address) => isWildcard(address) || !isCovered(address));
}

function usable(addresses: readonly string[]): string[] {
  return [...new Set(addresses)].filter(
    (address) => isAddress(address) && !(address.includes(':') && within(LINK_LOCAL, address)),
  );
}

/**
 * Loopback only if there is nothing else in either family. Otherwise clients that request no family would get 127.0.0.1 on an
 * IPv6-only host, and clients that request IPv6 would get ::1 on an IPv4-only host.
 */
function relayable(found: readonly string[]): string[] {
  const all = usable(found);
  const outside = all.filter((address) => !within(LOOPBACK, address));
  return outside.length > 0 ? outside : all;
}

/** Relay addresses named by the settings; undefined to choose the machine's best. */
function chosenAddresses({ relayIps, listeningIps }: RelayConf): readonly string[] | undefined {
  const chosen = relayIps.length > 0 ? relayIps : listeningIps;
  return chosen.every(isWildcard) ? undefined : chosen;
}

function relayAddress(
  family: Family,
  conf: RelayConf,
  found: readonly string[],
  before: string | undefined,
): RelayAddress | undefined {
  const candidates = (chosenAddresses(conf) ?? byRank(relayable(found), before)).filter(
    (address) => isAddress(address) && familyOf(address) === family && !isWildcard(address),
  );
  // An address that no interface shows may exist all the same, such as any of 127.0.0.0/8.
  const bound = candidates.find((address) => found.includes(address)) ?? candidates[0];
  if (bound === undefined) return undefined;
  const ours = conf.externalIps.filter(
    ({ publicAddress }) => isAddress(publicAddress) && familyOf(publicAddress) === family,
  );
  const external =
    ours.find(({ privateAddress }) => privateAddress === bound) ??
    ours.find(({ privateAddress }) => privateAddress === undefined);
  return { bound, relayed: external?.publicAddress ?? bound };
}

/** Best first. Sorting is stable: among equals `before` wins, then the first interface. */
function byRank(addresses: readonly string[], before: string | undefined): string[] {
  const first = addresses.filter((address) => address === before);
  return [...first, ...addresses].sort((a, b) => rank(a) - rank(b));
}

/** From 0, reachable from everywhere, to 3, only from this machine. */
function rank(address: string): 0 | 1 | 2 | 3 {
  if (within(LOOPBACK, address)) return 3;
  if (within(LINK_LOCAL, address)) return 2;
  return within(PRIVATE, address) ? 1 : 0;
}

function within(list: readonly AddressRange[], text: string): boolean {
  const address: Address | undefined = parseAddress(text);
  return address !== undefined && list.some((range) => inRange(address, range));
}

function ranges(...texts: readonly string[]): AddressRange[] {
  return texts.flatMap((text) => parseRange(text) ?? []);
}

/** Returns false for a host name that has no address yet. */
function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function sameFamily(address: string, found: readonly string[]): string[] {
  return found.filter((other) => familyOf(other) === familyOf(address));
}
