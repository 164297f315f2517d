import { ATTRIBUTE, isUnknownRequired } from './attributes.ts';
import { HEADER_BYTES, MAGIC_COOKIE, padded } from './message.ts';
import type { Packet } from './packet.ts';

/** The first two bytes of a Send indication. */
export const SEND_INDICATION = 0x0016;

/**
 * Reads Send indications (RFC 8656 §11.1) into its own fields without allocating, as Firefox sends all its media in them.
 * FINGERPRINT isn't verified: the magic cookie and the lengths identify STUN well enough here.
 */
export class SendReader {
  family = 0;
  /** The peer's address as the words of `Address`. */
  a = 0;
  b = 0;
  c = 0;
  d = 0;
  port = 0;
  /** Offset of the data in the packet's `bytes`. */
  dataAt = 0;
  dataLength = 0;

  /** Returns false if the indication is malformed, lacks peer or data, or has an unknown comprehension-required attribute. */
  read({ bytes, offset, length }: Packet): boolean {
    if (length < HEADER_BYTES || bytes.readUInt32BE(offset + 4) !== MAGIC_COOKIE) return false;
    if (HEADER_BYTES + bytes.readUInt16BE(offset + 2) !== length) return false;
    this.family = 0;
    this.dataAt = 0;
    const end = offset + length;
    for (let at = offset + HEADER_BYTES; at < end; ) {
      if (at + 4 > end) return false;
      const type = bytes.readUInt16BE(at);
      const size = bytes.readUInt16BE(at + 2);
      if (at + 4 + size > end) return false;
      if (type === ATTRIBUTE.messageIntegrity) break;
      if (!this.#readAttribute(bytes, offset, type, at + 4, size)) return false;
      at += 4 + padded(size);
    }
    return this.family !== 0 && this.dataAt !== 0;
  }

  /** @param header where the message's header begins */
  #readAttribute(bytes: Buffer, header: number, type: number, at: number, size: number): boolean {
    if (type === ATTRIBUTE.data) {
      if (this.dataAt !== 0) return true;
      this.dataAt = at;
      this.dataLength = size;
      return true;
    }
    if (type === ATTRIBUTE.xorPeerAddress) {
      return this.family !== 0 || this.#readPeer(bytes, header, at, size);
    }
    return !isUnknownRequired(type);
  }

  #readPeer(bytes: Buffer, header: number, at: number, size: number): boolean {
    const family = size < 8 ? 0 : bytes[at + 1];
    if ((family !== 1 || size !== 8) && (family !== 2 || size !== 20)) return false;
    this.port = bytes.readUInt16BE(at + 2) ^ (MAGIC_COOKIE >>> 16);
    const first = (bytes.readUInt32BE(at + 4) ^ MAGIC_COOKIE) >>> 0;
    this.family = family === 1 ? 4 : 6;
    this.a = family === 1 ? 0 : first;
    this.b = family === 1 ? 0 : (bytes.readUInt32BE(at + 8) ^ bytes.readUInt32BE(header + 8)) >>> 0;
    this.c = family === 1 ? 0 : (bytes.readUInt32BE(at + 12) ^ bytes.readUInt32BE(header + 12)) >>> 0;
    this.d = family === 1 ? first : (bytes.readUInt32BE(at + 16) ^ bytes.readUInt32BE(header + 16)) >>> 0;
    if (family === 2 && this.a === 0 && this.b === 0 && this.c === 0xffff) {
      // IPv4-mapped: treated as the IPv4 address, as by `canonical`.
      this.family = 4;
      this.c = 0;
    }
    return true;
  }
}
