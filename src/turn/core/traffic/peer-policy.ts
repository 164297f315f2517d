import { type Address, canonical, embeddedIpv4s, type Family, parseAddress } from '../../codec/addresses.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { RelayAddresses } from '../relay-addresses.ts';
import { isSpecialPurpose, LOOPBACK, MULTICAST, NOBODY, within } from './special-addresses.ts';

/** `inside`: a live relay port of ours, reached in memory; `outside`: through the relay socket. */
export type Route = 'inside' | 'outside' | 'denied';

export interface PeerPolicy {
  /**
   * Whether a permission may be had: it is for an address, whatever the port (RFC 8656 §9). Of one on this machine
   * that is where relay ports may live, now or later: two clients permit each other in any order.
   */
  permits(address: Address): boolean;
  /** Where a packet to that peer may go. */
  route(address: Address, port: number): Route;
  /** Where the address alone leads; of one on this machine each packet's port must be judged too. */
  home(address: Address): Home;
  /**
   * This machine's addresses changed.
   * @param kept relayed addresses that live allocations still have, though new ones get others
   */
  follow(addresses: RelayAddresses, kept: readonly Address[]): void;
}

/** `relay`: where our relay ports live; `local`: this machine otherwise; `away`: not here. */
export type Home = 'relay' | 'local' | 'away';

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
  let { relays, own } = namesOf(addresses, []);
  const listenerPorts = new Set(addresses.listenerPorts);
  const isOwn = (address: Address) => own.has(address.text) || within(address, LOOPBACK);
  const isDenied = (address: Address) => within(address, conf.deniedPeers);
  const isRelay = (address: Address) =>
    relays.has(address.text) && (!isDenied(address) || within(address, conf.allowedPeers));

  /** An IPv6 address that a translator turns into an IPv4 one must pass as that too, and never lead home. */
  function isDisguise(address: Address): boolean {
    return embeddedIpv4s(address).some((embedded) => isOwn(embedded) || !mayLeave(embedded));
  }

  /** The address itself, whatever the port, and not one of ours. */
  function mayLeave(address: Address): boolean {
    if (within(address, NOBODY)) return false;
    if (within(address, MULTICAST) && conf.noMulticastPeers) return false;
    if (within(address, conf.allowedPeers)) return true;
    return !isDenied(address) && !isSpecialPurpose(address);
  }

  /** Other programs on this machine. */
  function mayReachLocal(address: Address): boolean {
    if (within(address, NOBODY)) return false;
    if (!within(address, LOOPBACK)) return within(address, conf.allowedPeers);
    return conf.allowLoopbackPeers && (!isDenied(address) || within(address, conf.allowedPeers));
  }

  function ownRoute(address: Address, port: number): Route {
    if (port === 0 || listenerPorts.has(port)) return 'denied';
    if (isRelay(address) && isLiveRelayPort(address.family, port)) return 'inside';
    return mayReachLocal(address) ? 'outside' : 'denied';
  }

  return {
    permits(given) {
      const address = canonical(given);
      if (isDisguise(address)) return false;
      return isOwn(address) ? isRelay(address) || mayReachLocal(address) : mayLeave(address);
    },
    home(given) {
      const address = canonical(given);
      if (isRelay(address)) return 'relay';
      return isOwn(address) ? 'local' : 'away';
    },
    route(given, port) {
      const address = canonical(given);
      if (isDisguise(address)) return 'denied';
      if (isOwn(address)) return ownRoute(address, port);
      return mayLeave(address) ? 'outside' : 'denied';
    },
    follow(now, kept) {
      ({ relays, own } = namesOf(now, kept));
    },
  };
}

/** Where relay ports live, and every address of this machine. */
function namesOf(
  { relayed4, relayed6, own }: RelayAddresses,
  kept: readonly Address[],
): { relays: ReadonlySet<string>; own: ReadonlySet<string> } {
  const current = [relayed4 ?? [], relayed6 ?? []].flat().map(canonicalText);
  const relays = new Set([...current, ...kept.map((address) => canonical(address).text)]);
  return { relays, own: new Set([...own.map(canonicalText), ...relays]) };
}

function canonicalText(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : canonical(address).text;
}
