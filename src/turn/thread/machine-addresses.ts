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

/** As `os.networkInterfaces()` tells them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Where the relay of one family is. */
export interface RelayAddress {
  /** Relay sockets are bound here. */
  readonly bound: string;
  /** What clients are told: the same, or what `external-ip` says. */
  readonly relayed: string;
}

/** What the settings and this machine's interfaces make of the relay's addresses. */
export interface MachineAddresses {
  /**
   * One UDP listener for each: an answer from a socket on 0.0.0.0 leaves with the address that the kernel likes best,
   * and a client drops what comes from another address than it asked.
   */
  readonly datagram: readonly string[];
  readonly stream: readonly string[];
  readonly relay4: RelayAddress | undefined;
  readonly relay6: RelayAddress | undefined;
  /** Every address of this machine and every public one that leads to it. */
  readonly own: readonly string[];
  /** Set by `external-ip`. */
  readonly external: string | undefined;
  /** Where relayed peers find us, IPv4 if there is any. */
  readonly preferred: string;
  /** Whether machines on the Internet can reach that. */
  readonly reachable: boolean;
  /** No network but loopback, and the settings name no address: nobody else can reach the relay. */
  readonly isolated: boolean;
}

/** Bridges and tunnels that virtual machines and containers live behind: nobody else reaches an address there. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|cali|podman)/;

const LOOPBACK = ranges('127.0.0.0/8', '::1');
const LINK_LOCAL = ranges('169.254.0.0/16', 'fe80::/10');
/** RFC 1918, RFC 6598 (CGNAT), RFC 4193 (ULA). */
const PRIVATE = ranges('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');

/**
 * @param conf host names in it that have no address yet are passed over
 * @param before what was found the last time: a relay address is kept until it goes or a better one comes
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

/** IPv6 link-local addresses need a zone, which no TURN URL can carry. */
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

/** Streams listen on a wildcard itself, which takes the port of every address of its family. */
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
 * Loopback only where there is nothing else in either family: on a host with IPv6 alone 127.0.0.1 would be what clients get who
 * ask for no family, and ::1 on one with IPv4 alone what those get who ask for IPv6.
 */
function relayable(found: readonly string[]): string[] {
  const all = usable(found);
  const outside = all.filter((address) => !within(LOOPBACK, address));
  return outside.length > 0 ? outside : all;
}

/** Addresses to relay from that the settings name; undefined: the best of the machine. */
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
  // An address that no interface shows may be there all the same: all of 127.0.0.0/8 is.
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

/** Sorting is stable: of two alike the one of `before` wins, else the first interface. */
function byRank(addresses: readonly string[], before: string | undefined): string[] {
  const first = addresses.filter((address) => address === before);
  return [...first, ...addresses].sort((a, b) => rank(a) - rank(b));
}

/** 0: reachable from everywhere … 3: from this machine alone. */
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

/** false: a host name that has no address yet. */
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
