import { type Address, type Family, parseAddress } from '../../codec/addresses.ts';
import type { RelayAddresses } from '../relay-addresses.ts';

/** The address that new allocations of each family get; undefined: the relay has none of that family now. */
export type RelayedAddresses = Record<Family, Address | undefined>;

/** @throws TypeError if one of them is no IP address */
export function relayedAddresses({ relayed4, relayed6 }: RelayAddresses): RelayedAddresses {
  return { 4: addressOf(relayed4), 6: addressOf(relayed6) };
}

function addressOf(text: string | undefined): Address | undefined {
  if (text === undefined) return undefined;
  const address = parseAddress(text);
  if (address === undefined)
    throw new TypeError(`not an IP address: ${text}; set relay-ip or external-ip to one`);
  return address;
}
