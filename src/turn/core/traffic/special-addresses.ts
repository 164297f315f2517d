import { type Address, type AddressRange, inRange, parseRange } from '../../codec/addresses.ts';

export const LOOPBACK = ranges('127.0.0.0/8', '::1/128');
/** 0.0.0.0 and :: reach this machine on Linux; 240/4 holds the broadcast address. Never a peer. */
export const NOBODY = ranges('0.0.0.0/8', '255.255.255.255', '::/128');
export const MULTICAST = ranges('224.0.0.0/4', 'ff00::/8');

/**
 * IANA's IPv4 special-purpose registry, as far as anybody can be there. The ranges for documentation are not: nobody is, and
 * nothing can be reached through them.
 */
const SPECIAL4 = ranges(
  // RFC 1918, private.
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  // RFC 6598, carrier NAT; also Alibaba's metadata service.
  '100.64.0.0/10',
  // RFC 3927, link-local; also the metadata service of most clouds.
  '169.254.0.0/16',
  // RFC 6890, protocol assignments; also Oracle's metadata service.
  '192.0.0.0/24',
  // RFC 7526, relays of 6to4.
  '192.88.99.0/24',
  // RFC 2544, benchmarks of networks.
  '198.18.0.0/15',
  // RFC 1112, reserved.
  '240.0.0.0/4',
  // Azure's platform service: public by its number, and inside every machine's own network.
  '168.63.129.16',
);

/** The only IPv6 addresses that IANA gives out to hosts on the Internet, and NAT64's well-known prefix (RFC 6052). */
const GLOBAL6 = ranges('2000::/3', '64:ff9b::/96');

/** Within those: protocol assignments, with Teredo, benchmarks and ORCHIDs (RFC 2928, IANA's registry). */
const SPECIAL6 = ranges('2001::/23');

/** Whether an address is for something else than hosts on the Internet. Multicast and loopback are among them. */
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
