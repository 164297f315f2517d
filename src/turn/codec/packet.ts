import type { Family } from './addresses.ts';

const NO_BYTES = Buffer.alloc(0);

/**
 * A view of one packet: `length` bytes at `offset` of `bytes`, and the remote transport address, which a received packet
 * came from and a sent one goes to. Owners reuse their view for the next packet, so that none is allocated per packet:
 * a receiver must copy what it keeps.
 */
export class Packet {
  bytes: Buffer = NO_BYTES;
  offset = 0;
  length = 0;
  /** IP address as text, as Node's sockets write it. */
  address = '';
  port = 0;

  set(bytes: Buffer, offset: number, length: number, address: string, port: number): this {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.address = address;
    this.port = port;
    return this;
  }

  /** The packet's bytes, in the same memory. */
  view(): Buffer {
    return this.bytes.subarray(this.offset, this.offset + this.length);
  }

  /** Copies the bytes to `target` at `at`. */
  copyTo(target: Buffer, at: number): void {
    const { bytes, offset, length } = this;
    // The source of `set` must be a view of its own, except for whole buffers; `Buffer.copy` would make it too.
    const whole = offset === 0 && length === bytes.length;
    target.set(whole ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length), at);
  }

  /** The first four bytes (type and length, no payload) in hex, for the log. */
  head(): string {
    return this.bytes.toString('hex', this.offset, this.offset + Math.min(this.length, 4));
  }
}

/** The length fields of UDP and IP have 16 bits. IPv4's counts its own header of 20 bytes, IPv6's doesn't. */
const LARGEST_DATAGRAM_BYTES = { 4: 65_535 - 20 - 8, 6: 65_535 - 8 } as const;

/** Max bytes of data in one UDP datagram; the kernel refuses longer ones. */
export function largestDatagram(family: Family): number {
  return LARGEST_DATAGRAM_BYTES[family];
}
