import { ATTRIBUTE, mustBeUnderstood } from './attributes.ts';
import { HEADER_BYTES, MAGIC_COOKIE, padded } from './message.ts';

/** The first two bytes of a Send indication. */
export const SEND_INDICATION = 0x0016;

/**
 * Reads Send indications (RFC 8656 §11.1) into its own fields, since Firefox sends all its media in them: no object
 * is made for a packet. A FINGERPRINT is not verified: the magic cookie and the lengths tell STUN well enough here.
 */
export class SendReader {
  family = 0;
  /** The peer's address, as in `Address`. */
  a = 0;
  b = 0;
  c = 0;
  d = 0;
  port = 0;
  /** Where the data begins in the buffer; it may be empty. */
  dataAt = 0;
  dataLength = 0;

  /** false: malformed, without peer or data, or with an attribute that must be understood and isn't. */
  read(buffer: Buffer, offset: number, length: number): boolean {
    if (length < HEADER_BYTES || buffer.readUInt32BE(offset + 4) !== MAGIC_COOKIE) return false;
    if (HEADER_BYTES + buffer.readUInt16BE(offset + 2) !== length) return false;
    this.family = 0;
    this.dataAt = 0;
    const end = offset + length;
    for (let at = offset + HEADER_BYTES; at < end; ) {
      if (at + 4 > end) return false;
      const type = buffer.readUInt16BE(at);
      const size = buffer.readUInt16BE(at + 2);
      if (at + 4 + size > end) return false;
      if (type === ATTRIBUTE.messageIntegrity) break;
      if (!this.#take(buffer, offset, type, at + 4, size)) return false;
      at += 4 + padded(size);
    }
    return this.family !== 0 && this.dataAt !== 0;
  }

  #take(buffer: Buffer, offset: number, type: number, at: number, size: number): boolean {
    if (type === ATTRIBUTE.data) {
      if (this.dataAt !== 0) return true;
      this.dataAt = at;
      this.dataLength = size;
      return true;
    }
    if (type === ATTRIBUTE.xorPeerAddress) return this.family !== 0 || this.#peer(buffer, offset, at, size);
    return !mustBeUnderstood(type);
  }

  #peer(buffer: Buffer, offset: number, at: number, size: number): boolean {
    const family = size < 8 ? 0 : buffer[at + 1];
    if ((family !== 1 || size !== 8) && (family !== 2 || size !== 20)) return false;
    this.port = buffer.readUInt16BE(at + 2) ^ (MAGIC_COOKIE >>> 16);
    const first = (buffer.readUInt32BE(at + 4) ^ MAGIC_COOKIE) >>> 0;
    this.family = family === 1 ? 4 : 6;
    this.a = family === 1 ? 0 : first;
    this.b = family === 1 ? 0 : (buffer.readUInt32BE(at + 8) ^ buffer.readUInt32BE(offset + 8)) >>> 0;
    this.c = family === 1 ? 0 : (buffer.readUInt32BE(at + 12) ^ buffer.readUInt32BE(offset + 12)) >>> 0;
    this.d = family === 1 ? first : (buffer.readUInt32BE(at + 16) ^ buffer.readUInt32BE(offset + 16)) >>> 0;
    if (family === 2 && this.a === 0 && this.b === 0 && this.c === 0xffff) {
      // IPv4-mapped: the same address as everywhere else (see `canonical`).
      this.family = 4;
      this.c = 0;
    }
    return true;
  }
}
