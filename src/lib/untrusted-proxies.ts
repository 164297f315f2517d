import {
  type AddressResolver,
  canonicalAddress,
  createAddressResolver,
  type Network,
  networkSet,
  parseNetwork,
} from './addresses.ts';
import type { Log } from './log.ts';

/** Where an operator's reverse proxies are: this machine, private and link-local networks, carrier-grade NAT (RFC 6890). */
const PRIVATE = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1',
  'fc00::/7',
  'fe80::/10',
];

/** Max peers to warn about; no deployment has this many proxies. */
export const PROXIES_TOLD = 16;

/**
 * Returns an address resolver that logs a warning, once per peer, if a peer in a private network sends `X-Forwarded-For` and
 * isn't in `TRUSTED_PROXIES`: everybody behind it shares the limits of one address.
 */
export function createWarningAddressResolver(trustedProxies: readonly Network[], log: Log): AddressResolver {
  const behind = createAddressResolver(trustedProxies);
  const isTrusted = networkSet(trustedProxies);
  const isPrivate = networkSet(PRIVATE.flatMap((range) => parseNetwork(range) ?? []));
  const told = new Set<string>();

  function look(directPeer: string): void {
    const peer = canonicalAddress(directPeer) ?? directPeer;
    if (told.size >= PROXIES_TOLD || told.has(peer) || !isPrivate(peer) || isTrusted(peer)) return;
    told.add(peer);
    log.warn(
      'X-Forwarded-For comes from a peer that is not in TRUSTED_PROXIES: all clients behind it share the limits of one ' +
        'address. If it is your reverse proxy, add its address there.',
      { peer },
    );
  }

  return (directPeer, forwardedFor) => {
    if (forwardedFor !== '') look(directPeer);
    return behind(directPeer, forwardedFor);
  };
}
