import { type Address, type Family, parseAddress } from '../codec/addresses.ts';

/** Which addresses are the relay's, derived by the thread from turnserver.conf and the network interfaces. */
export interface RelayAddresses {
  /** Public address of relay sockets, told to clients as XOR-RELAYED-ADDRESS; undefined if there is none of that family. */
  readonly relayed4: string | undefined;
  readonly relayed6: string | undefined;
  /** Every address of this machine, and every public one that leads to it. Peers there are relay ports or denied. */
  readonly own: readonly string[];
  /** Ports on which this process listens, on any transport (TURN, TLS, HTTP): never a peer, on no own address. */
  readonly listenerPorts: readonly number[];
}

/** Address that new allocations of each family get; undefined if the relay has none of that family. */
export type RelayedAddresses = Record<Family, Address | undefined>;

/** @throws TypeError if one of them isn't an IP address */
export function relayedAddresses({ relayed4, relayed6 }: RelayAddresses): RelayedAddresses {
  return { 4: parsed(relayed4), 6: parsed(relayed6) };
}

function parsed(text: string | undefined): Address | undefined {
  if (text === undefined) return undefined;
  const address = parseAddress(text);
  if (address === undefined) {
    throw new TypeError(`"${text}" isn't an IP address: set relay-ip or external-ip to one`);
  }
  return address;
}
