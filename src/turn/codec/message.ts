import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ATTRIBUTE, type MessageClass, mustBeUnderstood } from './attributes.ts';

export const MAGIC_COOKIE = 0x2112_a442;
export const HEADER_BYTES = 20;
const INTEGRITY_BYTES = 24;
const FINGERPRINT_BYTES = 8;
/** XORed into FINGERPRINT, so that a packet of another protocol with a CRC-32 isn't taken for STUN. */
const FINGERPRINT_XOR = 0x5354_554e;
/** Attributes of one message: more are malformed. The longest honest request is a CreatePermission of 128 peers. */
const MAX_ATTRIBUTES = 256;

export interface Attribute {
  readonly type: number;
  readonly value: Buffer;
}

/** A STUN message as views into the datagram that it came in. */
export interface StunMessage {
  readonly class: MessageClass;
  readonly method: number;
  /** 12 bytes. */
  readonly transactionId: Buffer;
  /** Those before MESSAGE-INTEGRITY: what follows it is not protected, hence ignored (RFC 8489 §14.5). */
  readonly attributes: readonly Attribute[];
  /** The whole message, header included. */
  readonly bytes: Buffer;
  /** Where in `bytes` MESSAGE-INTEGRITY begins. */
  readonly integrityAt: number | undefined;
  readonly fingerprint: boolean;
  /** false: the header is right, the attributes are not. `attributes` has those before the fault. */
  readonly wellFormed: boolean;
}

/**
 * Reads `length` bytes at `offset` as one STUN message (RFC 8489 §5, §14). undefined: not STUN, by its header or by
 * a FINGERPRINT that doesn't fit (§7: another protocol's packet). Never throws, whatever the bytes.
 */
export function decodeMessage(buffer: Buffer, offset: number, length: number): StunMessage | undefined {
  if (length < HEADER_BYTES || offset + length > buffer.length) return undefined;
  const type = buffer.readUInt16BE(offset);
  const body = buffer.readUInt16BE(offset + 2);
  if (type >= 0x4000 || body % 4 !== 0 || HEADER_BYTES + body !== length) return undefined;
  if (buffer.readUInt32BE(offset + 4) !== MAGIC_COOKIE) return undefined;
  const bytes = buffer.subarray(offset, offset + length);
  const walk = walkAttributes(bytes);
  if (walk === undefined) return undefined;
  return { ...splitType(type), transactionId: bytes.subarray(8, HEADER_BYTES), bytes, ...walk };
}

type Walk = Pick<StunMessage, 'attributes' | 'integrityAt' | 'fingerprint' | 'wellFormed'>;

/** undefined: a FINGERPRINT that doesn't fit. */
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

/** The first attribute of that type: later ones of the same type are ignored (RFC 8489 §14). */
export function attributeOf(message: StunMessage, type: number): Buffer | undefined {
  return message.attributes.find((attribute) => attribute.type === type)?.value;
}

/** Types that forbid going on, each once: for 420 and UNKNOWN-ATTRIBUTES. */
export function unknownAttributes(message: StunMessage): number[] {
  return [...new Set(message.attributes.map(({ type }) => type).filter(mustBeUnderstood))];
}

/** Whether MESSAGE-INTEGRITY is there and was made with `key`. Constant time in the digest. */
export function hasIntegrity({ bytes, integrityAt }: StunMessage, key: Buffer): boolean {
  if (integrityAt === undefined) return false;
  const digest = bytes.subarray(integrityAt + 4, integrityAt + INTEGRITY_BYTES);
  return timingSafeEqual(digest, integrityOf(bytes, integrityAt, key));
}

/** HMAC-SHA1 over what precedes `end`, the header's length saying as if the message ended with the attribute. */
export function integrityOf(bytes: Buffer, end: number, key: Buffer): Buffer {
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(end + INTEGRITY_BYTES - HEADER_BYTES);
  return createHmac('sha1', key)
    .update(bytes.subarray(0, 2))
    .update(length)
    .update(bytes.subarray(4, end))
    .digest();
}

/** CRC-32 of what precedes the attribute, with the header's length counting it already. */
export function fingerprintOf(before: Buffer): number {
  const head = Buffer.from(before.subarray(0, HEADER_BYTES));
  head.writeUInt16BE(before.length + FINGERPRINT_BYTES - HEADER_BYTES, 2);
  return (crc32(before.subarray(HEADER_BYTES), crc32(head)) ^ FINGERPRINT_XOR) >>> 0;
}

/** A length with its padding: attributes, and ChannelData on streams, are aligned to 4 bytes. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}

/** RFC 8489 §5: the two class bits stand among the method's. */
export function joinType(method: number, messageClass: MessageClass): number {
  const spread = (method & 0x00f) | ((method & 0x070) << 1) | ((method & 0xf80) << 2);
  return spread | ((messageClass & 1) << 4) | ((messageClass & 2) << 7);
}

function splitType(type: number): { method: number; class: MessageClass } {
  const method = (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2);
  const bits = ((type & 0x0010) >> 4) | ((type & 0x0100) >> 7);
  return { method, class: bits === 0 ? 0 : bits === 1 ? 1 : bits === 2 ? 2 : 3 };
}
