import { CHANNEL_HEADER_BYTES, looksLikeChannelData } from './channel-data.ts';
import { HEADER_BYTES, MAGIC_COOKIE, padded } from './message.ts';

/** Bytes that tell a frame's whole length, in STUN as in ChannelData. */
const PREFIX_BYTES = 4;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a TCP or TLS stream into STUN and ChannelData messages (RFC 8656 §3.1, §12.5). A message that lies whole in a
 * chunk is a view into it; one that is spread over several is put together in memory of its own, at most `limit`
 * bytes. Use: `push(chunk)`, then read `buffer`, `offset` and `length` after each `next()` that says true.
 */
export class StreamDeframer {
  /** Bytes that one message may have, padding included; a longer one breaks the stream. */
  limit: number;
  buffer: Buffer = NOTHING;
  offset = 0;
  /** Without padding. */
  length = 0;
  /** The stream can't be followed any more: close it. */
  broken = false;

  #chunk: Buffer = NOTHING;
  #at = 0;
  /** The beginning of a message that isn't whole yet: its prefix first, then all of it. */
  #partial: Buffer | undefined;
  #filled = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The chunk before must have been read to its end (`next()` said false). */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** Bytes held of a message that isn't whole yet. */
  get held(): number {
    return this.#partial === undefined ? 0 : this.#partial.length;
  }

  next(): boolean {
    const found =
      !this.broken &&
      (this.#partial === undefined ? this.#nextInChunk() : this.#nextAcrossChunks(this.#partial));
    // A chunk can be 64 KB of a socket's read buffer: an idle connection mustn't hold on to it.
    if (!found) this.#release();
    return found;
  }

  #release(): void {
    this.buffer = NOTHING;
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

  /** Takes the rest of the chunk as the beginning of a message of at least `size` bytes. */
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
    this.buffer = buffer;
    this.offset = offset;
    this.length = looksLikeChannelData(buffer[offset] ?? 0)
      ? CHANNEL_HEADER_BYTES + size
      : HEADER_BYTES + size;
  }

  /** Whole length of the message whose prefix is at `at`; sets `broken` where there can be none. */
  #total(buffer: Buffer, at: number): number {
    const first = buffer[at] ?? 0;
    const size = buffer.readUInt16BE(at + 2);
    const total = looksLikeChannelData(first) ? CHANNEL_HEADER_BYTES + padded(size) : HEADER_BYTES + size;
    // Neither STUN nor ChannelData, or a STUN length that isn't a multiple of 4: no way to find the next message.
    this.broken = first >> 6 > 1 || (first >> 6 === 0 && size % 4 !== 0) || total > this.limit;
    if (!this.broken && first >> 6 === 0 && buffer.length - at >= 8) {
      this.broken = buffer.readUInt32BE(at + 4) !== MAGIC_COOKIE;
    }
    return total;
  }
}
