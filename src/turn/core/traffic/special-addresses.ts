import { type Address, type AddressRange, inRange, parseRange } from '../../codec/addresses.ts';

export const LOOPBACK = ranges('127.0.0.0/8', '::1/128');
/** Never a peer: 0.0.0.0 and :: reach this machine on Linux, and 255.255.255.255 is broadcast. */
export const UNSPECIFIED_OR_BROADCAST = ranges('0.0.0.0/8', '255.255.255.255', '::/128');
export const MULTICAST = ranges('224.0.0.0/4', 'ff00::/8');

/**
 * Ranges of IANA's IPv4 special-purpose registry in which hosts may exist. The documentation ranges (RFC 5737) are left out:
 * nothing can be reached there.
 */
const SPECIAL4 = ranges(
  // RFC 1918: private.
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  // RFC 6598: carrier-grade NAT, and Alibaba Cloud's metadata service.
  '100.64.0.0/10',
  // RFC 3927: link-local, and most clouds' metadata service.
  '169.254.0.0/16',
  // RFC 6890: protocol assignments, and Oracle Cloud's metadata service.
  '192.0.0.0/24',
  // RFC 7526: 6to4 relays.
  '192.88.99.0/24',
  // RFC 2544: network benchmarks.
  '198.18.0.0/15',
  // RFC 1112: reserved.
  '240.0.0.0/4',
  // Azure's platform service: a public address that lies inside every virtual machine's own network.
  '168.63.129.16',
);

/** The IPv6 range that IANA assigns to hosts on the Internet, and NAT64's well-known prefix (RFC 6052). */
const GLOBAL6 = ranges('2000::/3', '64:ff9b::/96');

/** Within that range: protocol assignments, including Teredo, benchmarks and ORCHIDs (RFC 2928). */
const SPECIAL6 = ranges('2001::/23');

/** Whether the address is for something other than a host on the Internet. Multicast and loopback are. */
export function isSpecialPurpose(address: Address): boolean {
  if (address.family === 6) return !within(address, GLOBAL6) || within(address, SPECIAL6);
  return within(address, SPECIAL4) || within(address, MULTICAST) || within(address, LOOPBACK);
}

export function within(address: Address, list: readonly AddressRange[]): boolean {
  return list.some((range) => inRange(address, range));
}

function ranges(...texts: readonly string[]): AddressRange[] {
  return texts.map((text) => {
    const range = parseRange(text);
    if (range === undefined) throw new TypeError(`not an address range: ${text}`);
    return range;
  });
}
