import { CHUNK_BYTES, type Chunk, chunkOf, chunkPool } from './chunk-pool.ts';

/** In front of each frame: how many bytes it has. */
const LENGTH_BYTES = 4;
/** UTF-8 has at most so many bytes for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;
/**
 * Frames that get a chunk of their own size each, cut from Node's pool for small buffers: the two or three that an idle
 * session keeps would leave a large chunk nearly empty. Each may hold on to one pool of 8 KiB. Those of a busy session
 * would be garbage seconds later, and the collector's pauses are the delays of its messages.
 */
const FEW_FRAMES = 4;
/** Queues with less are not worth packing. */
const PACKED_BYTES = 4_096;
const CLOSING_BRACE = 0x7d;
const NOTHING = new Uint8Array(0);

/**
 * Frames as bytes, one behind the other. Thousands of sessions keep dozens of frames each, which the garbage collector
 * would copy and mark again and again if they were strings; here they are written once and never move.
 */
export class FrameQueue {
  #first: Chunk | undefined;
  #last: Chunk | undefined;
  /** What lies before the first chunk, a byte in a character, where the queue was packed. */
  #packed: string | undefined;
  /** Where the oldest frame's length stands, in the first chunk. */
  #start = 0;
  #count = 0;
  #bytes = 0;
  /** Whether more than a few frames were in it at once. */
  #hadMany = false;

  /** Whether it belongs to a busy session, and takes memory from the pool from its first frame on. */
  get hadMany(): boolean {
    return this.#hadMany;
  }

  get count(): number {
    return this.#count;
  }

  /** Of all frames together. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds the frame that consists of `head`, `body` and the brace that ends every frame.
   * @returns its bytes, valid until the next call
   */
  push(head: string, body: Uint8Array = NOTHING): Uint8Array {
    const chunk = this.#chunkFor(head, body.length);
    const { buffer } = chunk;
    const at = chunk.end + LENGTH_BYTES;
    const bodyAt = at + buffer.write(head, at);
    if (body.length > 0) buffer.set(body, bodyAt);
    const end = bodyAt + body.length + 1;
    buffer[end - 1] = CLOSING_BRACE;
    const length = end - at;
    buffer.writeUInt32LE(length, chunk.end);
    chunk.end = end;
    this.#count += 1;
    this.#hadMany ||= this.#count >= FEW_FRAMES;
    this.#bytes += length;
    return new Uint8Array(buffer.buffer, buffer.byteOffset + at, length);
  }

  /**
   * For a session that waits to be resumed, if ever: moves its frames into one text. The garbage collector gives the
   * memory of texts back to the system, where malloc's, in which chunks lie, stays in pieces with the process.
   */
  pack(): void {
    if (this.#bytes < PACKED_BYTES) return;
    this.#unpack();
    const parts: Buffer[] = [];
    let from = this.#start;
    for (let chunk = this.#first; chunk !== undefined; chunk = chunk.next) {
      parts.push(chunk.buffer.subarray(from, chunk.end));
      from = 0;
    }
    this.#packed = Buffer.concat(parts).toString('latin1');
    for (let chunk = this.#first; chunk !== undefined; ) {
      const { next } = chunk;
      giveBack(chunk);
      chunk = next;
    }
    this.#first = undefined;
    this.#last = undefined;
    this.#start = 0;
  }

  /** Forgets the oldest frames. @param count at most as many as there are */
  release(count: number): void {
    this.#unpack();
    for (let left = count; left > 0; left -= 1) {
      const chunk = this.#first;
      if (chunk === undefined) return;
      const length = chunk.buffer.readUInt32LE(this.#start);
      this.#start += LENGTH_BYTES + length;
      this.#count -= 1;
      this.#bytes -= length;
      if (this.#start < chunk.end) continue;
      this.#first = chunk.next;
      if (this.#first === undefined) this.#last = undefined;
      this.#start = 0;
      giveBack(chunk);
    }
  }

  /** All frames, the oldest first; valid until the next `push` or `release`. */
  all(): Uint8Array[] {
    this.#unpack();
    const frames: Uint8Array[] = [];
    let at = this.#start;
    for (let chunk = this.#first; chunk !== undefined; chunk = chunk.next) {
      while (at < chunk.end) {
        const from = at + LENGTH_BYTES;
        at = from + chunk.buffer.readUInt32LE(at);
        frames.push(chunk.buffer.subarray(from, at));
      }
      at = 0;
    }
    return frames;
  }

  #unpack(): void {
    if (this.#packed === undefined) return;
    const buffer = Buffer.from(this.#packed, 'latin1');
    this.#packed = undefined;
    const chunk = chunkOf(buffer, buffer.length);
    chunk.next = this.#first;
    this.#first = chunk;
    this.#last ??= chunk;
  }

  /** The last chunk if it has room for a frame, or a new one. */
  #chunkFor(head: string, bodyBytes: number): Chunk {
    const last = this.#last;
    const atMost = LENGTH_BYTES + BYTES_PER_UNIT * head.length + bodyBytes + 1;
    if (last !== undefined && last.end + atMost <= last.buffer.length) return last;
    const bytes = LENGTH_BYTES + Buffer.byteLength(head) + bodyBytes + 1;
    if (last !== undefined && last.end + bytes <= last.buffer.length) return last;
    const pooled = this.#hadMany && bytes <= CHUNK_BYTES;
    const chunk = pooled ? chunkPool.take() : chunkOf(Buffer.allocUnsafe(bytes));
    if (last === undefined) this.#first = chunk;
    else last.next = chunk;
    this.#last = chunk;
    return chunk;
  }
}

function giveBack(chunk: Chunk): void {
  if (chunk.buffer.length === CHUNK_BYTES) chunkPool.give(chunk);
}
