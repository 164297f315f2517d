import type { Address } from './addresses.ts';
import { ATTRIBUTE, CLASS, METHOD } from './attributes.ts';
import { channelDataLength, looksLikeChannelData } from './channel-data.ts';
import { HEADER_BYTES, joinType, MAGIC_COOKIE, padded } from './message.ts';
import type { Packet } from './packet.ts';
import { writeXorAddress, xorAddressBytes } from './xor-address.ts';

export const DATA_INDICATION = joinType(METHOD.data, CLASS.indication);

/** Bytes of a Data indication from `peer` with `length` bytes of data. */
export function dataIndicationBytes(peer: Address, length: number): number {
  return HEADER_BYTES + 4 + xorAddressBytes(peer) + 4 + padded(length);
}

/** Writes Data indications (RFC 8656 §11.4) without allocating. */
export class DataWriter {
  readonly #seedHigh: number;
  readonly #seedLow: number;
  #count = 0;

  /** @param seed first 8 random bytes of each transaction id; a counter follows, because indications have no response to match */
  constructor(seed: Buffer) {
    this.#seedHigh = seed.readUInt32BE(0);
    this.#seedLow = seed.readUInt32BE(4);
  }

  /**
   * Writes the indication at the start of `message`, which has room for `dataIndicationBytes`.
   * @param data what the peer sent, with the peer's port
   */
  write(message: Buffer, peer: Address, data: Packet): void {
    const { length, port } = data;
    const addressBytes = xorAddressBytes(peer);
    const dataHeader = HEADER_BYTES + 4 + addressBytes;
    const dataEnd = dataHeader + 4 + length;
    const size = dataHeader + 4 + padded(length);
    message.writeUInt16BE(DATA_INDICATION, 0);
    message.writeUInt16BE(size - HEADER_BYTES, 2);
    message.writeUInt32BE(MAGIC_COOKIE, 4);
    message.writeUInt32BE(this.#seedHigh, 8);
    message.writeUInt32BE(this.#seedLow, 12);
    this.#count = (this.#count + 1) >>> 0;
    message.writeUInt32BE(this.#count, 16);
    message.writeUInt16BE(ATTRIBUTE.xorPeerAddress, HEADER_BYTES);
    message.writeUInt16BE(addressBytes, HEADER_BYTES + 2);
    writeXorAddress(message, HEADER_BYTES + 4, peer, port, 0);
    message.writeUInt16BE(ATTRIBUTE.data, dataHeader);
    message.writeUInt16BE(length, dataHeader + 2);
    data.copyTo(message, dataHeader + 4);
    if (size > dataEnd) message.fill(0, dataEnd, size);
  }
}

/** Bytes of application data in a message that the relay wrote to a client; -1 for a response, which carries none. */
export function relayedLength(message: Packet): number {
  const { bytes, offset, length } = message;
  if (length < 4) return -1;
  if (looksLikeChannelData(bytes[offset] ?? 0)) return channelDataLength(message);
  if (bytes.readUInt16BE(offset) !== DATA_INDICATION) return -1;
  // `DataWriter` writes XOR-PEER-ADDRESS first, then DATA.
  const dataHeader = HEADER_BYTES + 4 + bytes.readUInt16BE(offset + HEADER_BYTES + 2);
  return bytes.readUInt16BE(offset + dataHeader + 2);
}
