import type { Address } from './addresses.ts';
import { ATTRIBUTE, CLASS, METHOD } from './attributes.ts';
import { HEADER_BYTES, joinType, MAGIC_COOKIE, padded } from './message.ts';
import { partOf } from './part-of.ts';
import { writeXorAddress, xorAddressBytes } from './xor-address.ts';

export const DATA_INDICATION = joinType(METHOD.data, CLASS.indication);

/** Bytes of the Data indication from `peer` with `length` bytes of data. */
export function dataIndicationBytes(peer: Address, length: number): number {
  return HEADER_BYTES + 4 + xorAddressBytes(peer) + 4 + padded(length);
}

/** Writes Data indications (RFC 8656 §11.4), and makes nothing new for them. */
export class DataWriter {
  readonly #seedHigh: number;
  readonly #seedLow: number;
  #count = 0;

  /** `seed`: 8 random bytes, the beginning of each transaction id; nobody answers an indication, so the rest counts. */
  constructor(seed: Buffer) {
    this.#seedHigh = seed.readUInt32BE(0);
    this.#seedLow = seed.readUInt32BE(4);
  }

  /** To the beginning of `message`, which has room for `dataIndicationBytes`. */
  write(message: Buffer, peer: Address, port: number, data: Buffer, offset: number, length: number): void {
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
    message.set(partOf(data, offset, length), dataHeader + 4);
    if (size > dataEnd) message.fill(0, dataEnd, size);
  }
}
