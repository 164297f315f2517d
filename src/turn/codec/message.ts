import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ATTRIBUTE, isUnknownRequired, type MessageClass } from './attributes.ts';
import type { Packet } from './packet.ts';

export const MAGIC_COOKIE = 0x2112_a442;
export const HEADER_BYTES = 20;
/**
 * Max bytes of a STUN message: its length field has 16 bits and counts a multiple of 4 (RFC 8489 §5). ChannelData is never
 * larger: 4 bytes of header and 65,536 bytes of padded data (RFC 8656 §12.4).
 */
export const LARGEST_MESSAGE_BYTES = HEADER_BYTES + 65_532;
const INTEGRITY_BYTES = 24;
const FINGERPRINT_BYTES = 8;
/** XORed into FINGERPRINT so that another protocol's packet that ends in a CRC-32 isn't taken for STUN (RFC 8489 §14.7). */
const FINGERPRINT_XOR = 0x5354_554e;
/** Max attributes of one message. The longest honest request is a CreatePermission with 128 peers. */
const MAX_ATTRIBUTES = 256;

export interface Attribute {
  readonly type: number;
  readonly value: Buffer;
}

/** A decoded STUN message; its buffers are views of the bytes it was decoded from. */
export interface StunMessage {
  readonly class: MessageClass;
  readonly method: number;
  /** 12 bytes. */
  readonly transactionId: Buffer;
  /** Only those before MESSAGE-INTEGRITY: what follows isn't protected by it and is ignored (RFC 8489 §14.5). */
  readonly attributes: readonly Attribute[];
  /** The whole message, header included. */
  readonly bytes: Buffer;
  /** Offset of MESSAGE-INTEGRITY in `bytes`. */
  readonly integrityAt: number | undefined;
  readonly fingerprint: boolean;
  /** false if the header is valid but an attribute isn't; `attributes` then has those before it. */
  readonly wellFormed: boolean;
}

/**
 * Decodes `bytes`, all of them, as one STUN message (RFC 8489 §5, §14). Returns undefined if they aren't STUN by the header
 * or by a wrong FINGERPRINT, which means another protocol's packet (§7). Never throws.
 */
export function decodeMessage(bytes: Buffer): StunMessage | undefined {
  if (!hasStunHeader(bytes, 0, bytes.length)) return undefined;
  const walk = walkAttributes(bytes);
  if (walk === undefined) return undefined;
  return {
    ...splitType(bytes.readUInt16BE(0)),
    transactionId: bytes.subarray(8, HEADER_BYTES),
    bytes,
    ...walk,
  };
}

/** Whether the packet has the header of a STUN message of its length. Checks without allocating. */
export function looksLikeStun({ bytes, offset, length }: Packet): boolean {
  return hasStunHeader(bytes, offset, length);
}

function hasStunHeader(bytes: Buffer, offset: number, length: number): boolean {
  if (length < HEADER_BYTES) return false;
  const bodyBytes = bytes.readUInt16BE(offset + 2);
  if (bytes.readUInt16BE(offset) >= 0x4000 || bodyBytes % 4 !== 0) return false;
  return HEADER_BYTES + bodyBytes === length && bytes.readUInt32BE(offset + 4) === MAGIC_COOKIE;
}

type Walk = Pick<StunMessage, 'attributes' | 'integrityAt' | 'fingerprint' | 'wellFormed'>;

/** Returns undefined if the FINGERPRINT is wrong. */
function walkAttributes(bytes: Buffer): Walk | undefined {
  const attributes: Attribute[] = [];
  let integrityAt: number | undefined;
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const type = bytes.readUInt16BE(at);
    const size = bytes.readUInt16BE(at + 2);
    const end = at + 4 + padded(size);
    if (end > bytes.length || attributes.length === MAX_ATTRIBUTES) {
      return { attributes, integrityAt, fingerprint: false, wellFormed: false };
    }
    if (type === ATTRIBUTE.fingerprint && size === 4 && end === bytes.length) {
      if (bytes.readUInt32BE(at + 4) !== fingerprintOf(bytes.subarray(0, at))) return undefined;
      return { attributes, integrityAt, fingerprint: true, wellFormed: true };
    }
    if (integrityAt === undefined) {
      if (type === ATTRIBUTE.messageIntegrity && size === 20) integrityAt = at;
      else attributes.push({ type, value: bytes.subarray(at + 4, at + 4 + size) });
    }
    at = end;
  }
  return { attributes, integrityAt, fingerprint: false, wellFormed: true };
}

/** Value of the first attribute of that type; later ones are ignored (RFC 8489 §14). */
export function attributeOf(message: StunMessage, type: number): Buffer | undefined {
  return message.attributes.find((attribute) => attribute.type === type)?.value;
}

/** Unknown comprehension-required types, each once, for a 420 with UNKNOWN-ATTRIBUTES. */
export function unknownAttributes(message: StunMessage): number[] {
  return [...new Set(message.attributes.map(({ type }) => type).filter(isUnknownRequired))];
}

/** Whether the message has MESSAGE-INTEGRITY made with `key`. Compares in constant time. */
export function hasIntegrity({ bytes, integrityAt }: StunMessage, key: Buffer): boolean {
  if (integrityAt === undefined) return false;
  const digest = bytes.subarray(integrityAt + 4, integrityAt + INTEGRITY_BYTES);
  return timingSafeEqual(digest, integrityOf(bytes, integrityAt, key));
}

/** MESSAGE-INTEGRITY (RFC 8489 §14.5): HMAC-SHA1 of the bytes before `end`, with a header length that includes the attribute. */
export function integrityOf(bytes: Buffer, end: number, key: Buffer): Buffer {
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(end + INTEGRITY_BYTES - HEADER_BYTES);
  return createHmac('sha1', key)
    .update(bytes.subarray(0, 2))
    .update(length)
    .update(bytes.subarray(4, end))
    .digest();
}

/** FINGERPRINT (RFC 8489 §14.7): CRC-32 of the bytes before it, with a header length that includes the attribute. */
export function fingerprintOf(before: Buffer): number {
  const head = Buffer.from(before.subarray(0, HEADER_BYTES));
  head.writeUInt16BE(before.length + FINGERPRINT_BYTES - HEADER_BYTES, 2);
  return (crc32(before.subarray(HEADER_BYTES), crc32(head)) ^ FINGERPRINT_XOR) >>> 0;
}

/** `length` rounded up to a multiple of 4, as attributes, and ChannelData on streams, are padded. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}

/** RFC 8489 §5: the two class bits lie between the method's. */
export function joinType(method: number, messageClass: MessageClass): number {
  const spread = (method & 0x00f) | ((method & 0x070) << 1) | ((method & 0xf80) << 2);
  return spread | ((messageClass & 1) << 4) | ((messageClass & 2) << 7);
}

function splitType(type: number): { method: number; class: MessageClass } {
  const method = (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2);
  const bits = ((type & 0x0010) >> 4) | ((type & 0x0100) >> 7);
  return { method, class: bits === 0 ? 0 : bits === 1 ? 1 : bits === 2 ? 2 : 3 };
}
