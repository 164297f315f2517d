import {
  type Address,
  type AddressRange,
  canonical,
  embeddedIpv4,
  type Family,
  inRange,
  parseAddress,
  parseRange,
} from '../codec/addresses.ts';
import type { RelayConf } from '../relay-conf.ts';
import type { RelayAddresses } from './engine-deps.ts';

/** `inside`: a live relay port of ours, reached in memory; `outside`: through the relay socket. */
export type Route = 'inside' | 'outside' | 'denied';

export interface PeerPolicy {
  /** Where a packet to that peer may go. */
  route(address: Address, port: number): Route;
  /** Where the address alone leads; of one on this machine each packet's port must be judged too. */
  home(address: Address): Home;
}

/** `relay`: ours, its live relay ports may be reached; `local`: this machine otherwise; `away`: not here. */
export type Home = 'relay' | 'local' | 'away';

const LOOPBACK = ranges('127.0.0.0/8', '::1/128');
/** 0.0.0.0 and :: reach this machine on Linux; 240/4 holds the broadcast address. Never a peer. */
const NOBODY = ranges('0.0.0.0/8', '255.255.255.255', '::/128');
const MULTICAST = ranges('224.0.0.0/4', 'ff00::/8');
const DENIED_BY_DEFAULT = [
  // Private (RFC 1918), carrier NAT (RFC 6598), link-local with the clouds' 169.254.169.254, protocol assignments.
  ...ranges(
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '169.254.0.0/16',
    '192.0.0.0/24',
  ),
  ...ranges('240.0.0.0/4'),
  // Unique local, link-local, site-local, discard only.
  ...ranges('fc00::/7', 'fe80::/10', 'fec0::/10', '100::/64'),
  ...MULTICAST,
];

interface PolicyDeps {
  conf: Pick<RelayConf, 'allowedPeers' | 'deniedPeers' | 'allowLoopbackPeers' | 'noMulticastPeers'>;
  addresses: RelayAddresses;
  isLiveRelayPort: (family: Family, port: number) => boolean;
}

/**
 * Which peers a client may reach. Without it a relay is a way into the network that it stands in: coturn's
 * CVE-2020-26262 (0.0.0.0 and [::] as loopback), CVE-2026-27624 and CVE-2025-69217 (IPv4 in IPv6 forms).
 */
export function createPeerPolicy({ conf, addresses, isLiveRelayPort }: PolicyDeps): PeerPolicy {
  const own = new Set(
    [...addresses.own, addresses.relayed4 ?? [], addresses.relayed6 ?? []].flat().map(canonicalText),
  );
  const listenerPorts = new Set(addresses.listenerPorts);
  const isOwn = (address: Address) => own.has(address.text) || within(address, LOOPBACK);
  const isDenied = (address: Address) => within(address, conf.deniedPeers);
  const mayBeInside = (address: Address) => !isDenied(address) || within(address, conf.allowedPeers);

  /** The address itself, whatever the port, and not one of ours. */
  function mayLeave(address: Address): boolean {
    if (within(address, NOBODY)) return false;
    if (within(address, MULTICAST) && conf.noMulticastPeers) return false;
    if (within(address, conf.allowedPeers)) return true;
    return !isDenied(address) && !within(address, DENIED_BY_DEFAULT);
  }

  function ownRoute(address: Address, port: number): Route {
    if (listenerPorts.has(port) || !mayBeInside(address)) return 'denied';
    if (own.has(address.text) && isLiveRelayPort(address.family, port)) return 'inside';
    if (within(address, LOOPBACK)) return conf.allowLoopbackPeers ? 'outside' : 'denied';
    return within(address, conf.allowedPeers) && !within(address, NOBODY) ? 'outside' : 'denied';
  }

  return {
    home(given) {
      const address = canonical(given);
      if (own.has(address.text) && mayBeInside(address)) return 'relay';
      return isOwn(address) ? 'local' : 'away';
    },
    route(given, port) {
      const address = canonical(given);
      if (port === 0 && isOwn(address)) return 'denied';
      // An IPv6 address that a translator turns into an IPv4 one must pass as that too, and never lead home.
      const embedded = embeddedIpv4(address);
      if (embedded !== undefined && (isOwn(embedded) || !mayLeave(embedded))) return 'denied';
      if (isOwn(address)) return ownRoute(address, port);
      return mayLeave(address) ? 'outside' : 'denied';
    },
  };
}

function within(address: Address, list: readonly AddressRange[]): boolean {
  return list.some((range) => inRange(address, range));
}

function canonicalText(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : canonical(address).text;
}

function ranges(...texts: readonly string[]): AddressRange[] {
  return texts.map((text) => {
    const range = parseRange(text);
    if (range === undefined) throw new TypeError(`not an address range: ${text}`);
    return range;
  });
}
