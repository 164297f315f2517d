import { type Address, ipv4, ipv6 } from './addresses.ts';
import { MAGIC_COOKIE } from './message.ts';

/** IP address and port, as in XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS and XOR-RELAYED-ADDRESS. */
export interface TransportAddress {
  readonly address: Address;
  readonly port: number;
}

/** Bytes of the attribute's value. */
export function xorAddressBytes(address: Address): number {
  return address.family === 4 ? 8 : 20;
}

/** Reads the attribute's value (RFC 8489 §14.2); undefined if the family is unknown or the length doesn't match it. */
export function readXorAddress(value: Buffer, transactionId: Buffer): TransportAddress | undefined {
  if (value.length < 8) return undefined;
  const family = value[1];
  const port = value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16);
  const first = value.readUInt32BE(4) ^ MAGIC_COOKIE;
  if (family === 1 && value.length === 8) return { address: ipv4(first), port };
  if (family !== 2 || value.length !== 20) return undefined;
  const word = (index: number) =>
    value.readUInt32BE(4 + index * 4) ^ transactionId.readUInt32BE(index * 4 - 4);
  return { address: ipv6(first, word(1), word(2), word(3)), port };
}

/** Writes the attribute's value at `at`. The message's header, with its transaction id, must be at `header` already. */
export function writeXorAddress(
  target: Buffer,
  at: number,
  address: Address,
  port: number,
  header: number,
): void {
  target.writeUInt16BE(address.family === 4 ? 1 : 2, at);
  target.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), at + 2);
  if (address.family === 4) {
    target.writeUInt32BE((address.d ^ MAGIC_COOKIE) >>> 0, at + 4);
    return;
  }
  target.writeUInt32BE((address.a ^ MAGIC_COOKIE) >>> 0, at + 4);
  target.writeUInt32BE((address.b ^ target.readUInt32BE(header + 8)) >>> 0, at + 8);
  target.writeUInt32BE((address.c ^ target.readUInt32BE(header + 12)) >>> 0, at + 12);
  target.writeUInt32BE((address.d ^ target.readUInt32BE(header + 16)) >>> 0, at + 16);
}
