import { CHANNEL_HEADER_BYTES, looksLikeChannelData } from './channel-data.ts';
import { HEADER_BYTES, MAGIC_COOKIE, padded } from './message.ts';
import { Packet } from './packet.ts';

/** Bytes from which a message's length is known, in STUN and ChannelData. */
const PREFIX_BYTES = 4;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a TCP or TLS stream into STUN and ChannelData messages (RFC 8656 §3.1, §12.5). A message within one chunk is
 * a view of the chunk; a message that spans chunks is copied into a buffer of at most `limit` bytes. To use: `push(chunk)`, then read
 * `message` after each `next()` that returns true.
 */
export class StreamDeframer {
  /** Max bytes of one message, padding included; a longer one breaks the stream. */
  limit: number;
  /** The current message, without padding. */
  readonly message = new Packet();
  /** Whether message boundaries were lost, so that the connection must be closed. */
  broken = false;

  #chunk: Buffer = NOTHING;
  #at = 0;
  /** A message that isn't complete yet: room for its prefix first, then for all of it. */
  #partial: Buffer | undefined;
  #filled = 0;

  /**
   * @param address remote address of the stream, for `message`
   * @param port remote port
   */
  constructor(limit: number, address = '', port = 0) {
    this.limit = limit;
    this.message.address = address;
    this.message.port = port;
  }

  /** The chunk before must have been read to its end, until `next()` returned false. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** Bytes held for an incomplete message. */
  get held(): number {
    return this.#partial === undefined ? 0 : this.#partial.length;
  }

  next(): boolean {
    const found =
      !this.broken &&
      (this.#partial === undefined ? this.#nextInChunk() : this.#nextAcrossChunks(this.#partial));
    // A chunk is up to 64 KB of a socket's read buffer, which an idle connection mustn't keep alive.
    if (!found) this.#release();
    return found;
  }

  #release(): void {
    this.message.bytes = NOTHING;
    this.#chunk = NOTHING;
    this.#at = 0;
    if (this.broken) this.#partial = undefined;
  }

  #nextInChunk(): boolean {
    const left = this.#chunk.length - this.#at;
    if (left < PREFIX_BYTES) return this.#keep(PREFIX_BYTES);
    const total = this.#total(this.#chunk, this.#at);
    if (this.broken) return false;
    if (left < total) return this.#keep(total);
    this.#emit(this.#chunk, this.#at);
    this.#at += total;
    return true;
  }

  /** Keeps the rest of the chunk as the start of a message of at least `size` bytes. */
  #keep(size: number): false {
    const left = this.#chunk.length - this.#at;
    if (left === 0) return false;
    this.#partial = Buffer.allocUnsafe(size);
    this.#filled = this.#chunk.copy(this.#partial, 0, this.#at);
    this.#at = this.#chunk.length;
    return false;
  }

  #nextAcrossChunks(partial: Buffer): boolean {
    const taken = this.#chunk.copy(partial, this.#filled, this.#at);
    this.#filled += taken;
    this.#at += taken;
    if (this.#filled < partial.length) return false;
    const total = this.#total(partial, 0);
    if (this.broken) return false;
    if (partial.length < total) {
      this.#partial = Buffer.allocUnsafe(total);
      partial.copy(this.#partial);
      return this.#nextAcrossChunks(this.#partial);
    }
    this.#partial = undefined;
    this.#emit(partial, 0);
    return true;
  }

  #emit(buffer: Buffer, offset: number): void {
    const size = buffer.readUInt16BE(offset + 2);
    const header = looksLikeChannelData(buffer[offset] ?? 0) ? CHANNEL_HEADER_BYTES : HEADER_BYTES;
    this.message.bytes = buffer;
    this.message.offset = offset;
    this.message.length = header + size;
  }

  /** Length, padding included, of the message whose prefix is at `at`; sets `broken` if it can't be one. */
  #total(buffer: Buffer, at: number): number {
    const first = buffer[at] ?? 0;
    const size = buffer.readUInt16BE(at + 2);
    const total = looksLikeChannelData(first) ? CHANNEL_HEADER_BYTES + padded(size) : HEADER_BYTES + size;
    // Neither STUN nor ChannelData, or a STUN length that isn't a multiple of 4: the next message can't be found.
    this.broken = first >> 6 > 1 || (first >> 6 === 0 && size % 4 !== 0) || total > this.limit;
    if (!this.broken && first >> 6 === 0 && buffer.length - at >= 8) {
      this.broken = buffer.readUInt32BE(at + 4) !== MAGIC_COOKIE;
    }
    return total;
  }
}
