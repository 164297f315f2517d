export type Family = 4 | 6;

/** An IP address as unsigned 32-bit words; an IPv4 address is in `d`, and `a`, `b`, `c` are 0. */
export interface Address {
  readonly family: Family;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** As inet_ntop writes it, which is how Node's sockets name it too. */
  readonly text: string;
}

/** Both ends included, of one family. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}
