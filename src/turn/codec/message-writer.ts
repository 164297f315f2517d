import type { Address, Family } from './addresses.ts';
import { ATTRIBUTE, type MessageClass } from './attributes.ts';
import { fingerprintOf, HEADER_BYTES, integrityOf, joinType, MAGIC_COOKIE, padded } from './message.ts';
import { writeXorAddress, xorAddressBytes } from './xor-address.ts';

/** Builds one STUN message; attributes follow in the order of the calls. */
export class MessageWriter {
  #bytes: Buffer;
  #length = HEADER_BYTES;

  /** @param transactionId 12 bytes */
  constructor(method: number, messageClass: MessageClass, transactionId: Buffer) {
    this.#bytes = Buffer.allocUnsafe(256);
    this.#bytes.writeUInt16BE(joinType(method, messageClass), 0);
    this.#bytes.writeUInt32BE(MAGIC_COOKIE, 4);
    transactionId.copy(this.#bytes, 8);
  }

  bytes(type: number, value: Buffer): this {
    const at = this.#attribute(type, value.length);
    value.copy(this.#bytes, at);
    return this;
  }

  text(type: number, value: string): this {
    return this.bytes(type, Buffer.from(value, 'utf8'));
  }

  uint32(type: number, value: number): this {
    const at = this.#attribute(type, 4);
    this.#bytes.writeUInt32BE(value, at);
    return this;
  }

  uint16s(type: number, values: readonly number[]): this {
    const at = this.#attribute(type, values.length * 2);
    for (const [index, value] of values.entries()) this.#bytes.writeUInt16BE(value, at + index * 2);
    return this;
  }

  xorAddress(type: number, address: Address, port: number): this {
    const at = this.#attribute(type, xorAddressBytes(address));
    writeXorAddress(this.#bytes, at, address, port, 0);
    return this;
  }

  /** ERROR-CODE (RFC 8489 §14.8); the reason may be empty. */
  errorCode(code: number, reason: string): this {
    const value = Buffer.from(`\0\0\0\0${reason}`, 'utf8');
    value[2] = Math.floor(code / 100);
    value[3] = code % 100;
    return this.bytes(ATTRIBUTE.errorCode, value);
  }

  /** ADDRESS-ERROR-CODE (RFC 8656 §18.12): why the client gets no address of that family. */
  addressErrorCode(family: Family, code: number, reason: string): this {
    const value = Buffer.from(`\0\0\0\0${reason}`, 'utf8');
    value[0] = family === 4 ? 1 : 2;
    value[2] = Math.floor(code / 100);
    value[3] = code % 100;
    return this.bytes(ATTRIBUTE.addressErrorCode, value);
  }

  /** Appends MESSAGE-INTEGRITY if there is a key, and FINGERPRINT if wanted. @returns the message */
  finish(key: Buffer | undefined, fingerprint: boolean): Buffer {
    if (key !== undefined) {
      const digest = integrityOf(this.#bytes, this.#length, key);
      this.bytes(ATTRIBUTE.messageIntegrity, digest);
    }
    if (fingerprint) {
      this.uint32(ATTRIBUTE.fingerprint, fingerprintOf(this.#bytes.subarray(0, this.#length)));
    }
    this.#bytes.writeUInt16BE(this.#length - HEADER_BYTES, 2);
    return this.#bytes.subarray(0, this.#length);
  }

  /** Writes type and length, and makes room for the value. @returns the value's offset */
  #attribute(type: number, size: number): number {
    const start = this.#length;
    this.#length = start + 4 + padded(size);
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#length * 2);
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    this.#bytes.writeUInt16BE(type, start);
    this.#bytes.writeUInt16BE(size, start + 2);
    // Zeroes the padding: reused memory must not leak.
    this.#bytes.fill(0, start + 4 + size, this.#length);
    return start + 4;
  }
}
