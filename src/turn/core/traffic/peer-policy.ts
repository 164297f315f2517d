import { type Address, canonical, embeddedIpv4s, type Family, parseAddress } from '../../codec/addresses.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { RelayAddresses } from '../relay-addresses.ts';
import {
  isSpecialPurpose,
  LOOPBACK,
  MULTICAST,
  UNSPECIFIED_OR_BROADCAST,
  within,
} from './special-addresses.ts';

/** `inside`: in memory, to a live relay port of ours; `outside`: through the relay socket. */
export type Route = 'inside' | 'outside' | 'denied';

export interface PeerPolicy {
  /**
   * Whether a permission may be installed. Permissions ignore ports (RFC 8656 §9), so for an address of this machine it is
   * enough that relay ports may exist there, now or later: two clients permit each other in either order.
   */
  permits(address: Address): boolean;
  /** How a packet to that peer may go. */
  route(address: Address, port: number): Route;
  /** Where the address is. Unless it is `remote`, each packet needs `route` for its port too. */
  locate(address: Address): PeerLocation;
  /**
   * Replaces this machine's addresses.
   * @param stillRelayed former relayed addresses that live allocations still have
   */
  setAddresses(addresses: RelayAddresses, stillRelayed: readonly Address[]): void;
}

/**
 * `relay`: an address with relay ports of ours; `local`: another address of this machine; `remote`: any other. `same_user`: an
 * address with relay ports, of which only those of the client's own user may be reached.
 */
export type PeerLocation = 'relay' | 'local' | 'remote' | 'same_user';

interface PolicyDeps {
  conf: Pick<RelayConf, 'allowedPeers' | 'deniedPeers' | 'allowLoopbackPeers' | 'noMulticastPeers'>;
  addresses: RelayAddresses;
  isLiveRelayPort: (family: Family, port: number) => boolean;
}

/**
 * Decides which peers a client may reach. Without it, a relay opens the network that it is in; see coturn's
 * CVE-2020-26262 (0.0.0.0 and [::] reach loopback), CVE-2026-27624 and CVE-2025-69217 (IPv4 embedded in IPv6).
 */
export function createPeerPolicy({ conf, addresses, isLiveRelayPort }: PolicyDeps): PeerPolicy {
  let { relays, own } = addressSets(addresses, []);
  const listenerPorts = new Set(addresses.listenerPorts);
  const isOwn = (address: Address) => own.has(address.text) || within(address, LOOPBACK);
  const isDenied = (address: Address) => within(address, conf.deniedPeers);
  const isRelay = (address: Address) =>
    relays.has(address.text) && (!isDenied(address) || within(address, conf.allowedPeers));

  /** An IPv6 address that a translator turns into IPv4 must pass as that too, and must not lead to this machine. */
  function embedsDeniedIpv4(address: Address): boolean {
    return embeddedIpv4s(address).some((embedded) => isOwn(embedded) || !isAllowedRemote(embedded));
  }

  /** Whether a peer that isn't on this machine is allowed, whatever its port. */
  function isAllowedRemote(address: Address): boolean {
    if (within(address, UNSPECIFIED_OR_BROADCAST)) return false;
    if (within(address, MULTICAST) && conf.noMulticastPeers) return false;
    if (within(address, conf.allowedPeers)) return true;
    return !isDenied(address) && !isSpecialPurpose(address);
  }

  /** Whether other programs on this machine, at one of its addresses, are allowed. */
  function isAllowedLocal(address: Address): boolean {
    if (within(address, UNSPECIFIED_OR_BROADCAST)) return false;
    if (!within(address, LOOPBACK)) return within(address, conf.allowedPeers);
    return conf.allowLoopbackPeers && (!isDenied(address) || within(address, conf.allowedPeers));
  }

  function ownRoute(address: Address, port: number): Route {
    if (port === 0 || listenerPorts.has(port)) return 'denied';
    if (isRelay(address) && isLiveRelayPort(address.family, port)) return 'inside';
    return isAllowedLocal(address) ? 'outside' : 'denied';
  }

  return {
    permits(given) {
      const address = canonical(given);
      if (embedsDeniedIpv4(address)) return false;
      return isOwn(address) ? isRelay(address) || isAllowedLocal(address) : isAllowedRemote(address);
    },
    locate(given) {
      const address = canonical(given);
      if (isRelay(address)) return 'relay';
      return isOwn(address) ? 'local' : 'remote';
    },
    route(given, port) {
      const address = canonical(given);
      if (embedsDeniedIpv4(address)) return 'denied';
      if (isOwn(address)) return ownRoute(address, port);
      return isAllowedRemote(address) ? 'outside' : 'denied';
    },
    setAddresses(now, stillRelayed) {
      ({ relays, own } = addressSets(now, stillRelayed));
    },
  };
}

/** Addresses with relay ports, and all addresses of this machine, as canonical text. */
function addressSets(
  { relayed4, relayed6, own }: RelayAddresses,
  stillRelayed: readonly Address[],
): { relays: ReadonlySet<string>; own: ReadonlySet<string> } {
  const current = [relayed4 ?? [], relayed6 ?? []].flat().map(canonicalText);
  const relays = new Set([...current, ...stillRelayed.map((address) => canonical(address).text)]);
  return { relays, own: new Set([...own.map(canonicalText), ...relays]) };
}

function canonicalText(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : canonical(address).text;
}
