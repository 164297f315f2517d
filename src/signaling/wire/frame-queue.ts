import { type Borrowed, lend } from '../../lib/borrowed.ts';
import { CHUNK_BYTES, type Chunk, type ChunkPool, chunkOf, giveBack, roomIn, viewOf } from './chunk-pool.ts';

/** Bytes of the number in front of each frame that says how long it is. */
const LENGTH_BYTES = 4;
/**
 * Frames that get a chunk of their own size each, cut from Node's pool for small buffers: the two or three that an idle
 * session keeps would leave a large chunk nearly empty. Each may hold on to one pool of 8 KiB. Those of a busy session
 * would be garbage seconds later, and the collector's pauses are the delays of its messages.
 */
const FEW_FRAMES = 4;
/** Queues with fewer bytes are not worth packing. */
const PACKED_BYTES = 4_096;

/** Where to write a frame. */
export interface FramePosition {
  readonly bytes: Buffer;
  readonly at: number;
}

/**
 * Frames as bytes, one behind the other. Thousands of sessions keep dozens of frames each, which the garbage collector
 * would copy and mark again and again if they were strings; here they are written once and never move.
 */
export class FrameQueue {
  #first: Chunk | undefined;
  #last: Chunk | undefined;
  /** The oldest frame, if it came as a string to an empty queue. */
  #text: string | undefined;
  /** What comes before the first chunk, one byte per character, if the queue was packed. */
  #packed: string | undefined;
  /** Position of the oldest frame's length in the first chunk. */
  #start = 0;
  #count = 0;
  #bytes = 0;
  /** Whether it has held more than a few frames at once. */
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
   * Frames are written in place: `reserve`, write, `push`.
   * @param length of the frame in bytes
   * @param chunks to take memory from, if the session is busy
   */
  reserve(length: number, chunks: ChunkPool): FramePosition {
    const { bytes, end } = this.#chunkFor(LENGTH_BYTES + length, chunks);
    return { bytes, at: end + LENGTH_BYTES };
  }

  /**
   * Adds the frame that was written to the place that was reserved last.
   * @returns its bytes
   */
  push(length: number): Borrowed {
    const chunk = this.#last;
    if (chunk === undefined) throw new Error('push without reserve');
    const at = chunk.end + LENGTH_BYTES;
    putLength(length, chunk.bytes, chunk.end);
    chunk.end = at + length;
    this.#count += 1;
    this.#hadMany ||= this.#count >= FEW_FRAMES;
    this.#bytes += length;
    return lend(viewOf(chunk, at, chunk.end));
  }

  /**
   * Adds a frame to an empty queue, and leaves it a text: a session's only frame needs no memory outside of V8, nor the
   * three objects that show it. All that come after it are bytes.
   * @returns the frame
   */
  pushText(frame: string): string {
    if (this.#count > 0) throw new Error('pushText behind another frame');
    this.#text = frame;
    this.#count = 1;
    this.#bytes = Buffer.byteLength(frame);
    return frame;
  }

  /**
   * For a session that waits to be resumed, if ever: moves its frames into one text. The garbage collector gives the
   * memory of texts back to the system, where malloc's, in which chunks lie, stays in pieces with the process.
   */
  pack(): void {
    if (this.#bytes < PACKED_BYTES) return;
    this.#unpack();
    if (this.#first === undefined) return;
    const parts: Buffer[] = [];
    let from = this.#start;
    for (let chunk: Chunk | undefined = this.#first; chunk !== undefined; chunk = chunk.next) {
      parts.push(chunk.bytes.subarray(from, chunk.end));
      from = chunk.next?.from ?? 0;
    }
    this.#packed = Buffer.concat(parts).toString('latin1');
    this.#giveChunks();
  }

  /** Drops all frames and frees their memory. */
  clear(): void {
    this.#text = undefined;
    this.#packed = undefined;
    this.#giveChunks();
    this.#count = 0;
    this.#bytes = 0;
  }

  /** Drops the oldest frames. @param count at most as many as there are */
  release(count: number): void {
    this.#unpack();
    for (let left = count - this.#releaseText(count); left > 0; left -= 1) {
      const chunk = this.#first;
      if (chunk === undefined) return;
      const length = chunk.bytes.readUInt32LE(this.#start);
      this.#start += LENGTH_BYTES + length;
      this.#count -= 1;
      this.#bytes -= length;
      if (this.#start < chunk.end) continue;
      this.#first = chunk.next;
      if (this.#first === undefined) this.#last = undefined;
      this.#start = this.#first?.from ?? 0;
      giveBack(chunk);
    }
  }

  /** All frames, the oldest first. */
  all(): Borrowed[] {
    this.#unpack();
    const frames: Borrowed[] = this.#text === undefined ? [] : [lend(Buffer.from(this.#text))];
    let at = this.#start;
    for (let chunk = this.#first; chunk !== undefined; chunk = chunk.next) {
      while (at < chunk.end) {
        const from = at + LENGTH_BYTES;
        at = from + chunk.bytes.readUInt32LE(at);
        frames.push(lend(chunk.bytes.subarray(from, at)));
      }
      at = chunk.next?.from ?? 0;
    }
    return frames;
  }

  /** @returns how many of `count` frames it released: one or none */
  #releaseText(count: number): number {
    if (this.#text === undefined || count < 1) return 0;
    this.#count -= 1;
    this.#bytes -= Buffer.byteLength(this.#text);
    this.#text = undefined;
    return 1;
  }

  #giveChunks(): void {
    for (let chunk = this.#first; chunk !== undefined; ) {
      const next: Chunk | undefined = chunk.next;
      giveBack(chunk);
      chunk = next;
    }
    this.#first = undefined;
    this.#last = undefined;
    this.#start = 0;
  }

  #unpack(): void {
    if (this.#packed === undefined) return;
    const buffer = Buffer.from(this.#packed, 'latin1');
    this.#packed = undefined;
    const chunk = chunkOf(buffer, buffer.length);
    chunk.next = this.#first;
    this.#first = chunk;
    this.#last ??= chunk;
    this.#start = 0;
  }

  /** The last chunk if it has room, or a new one. @param bytes of the frame and its length */
  #chunkFor(bytes: number, chunks: ChunkPool): Chunk {
    const last = this.#last;
    if (last !== undefined && roomIn(last) >= bytes) return last;
    const pooled = this.#hadMany && bytes <= CHUNK_BYTES;
    const chunk = pooled ? chunks.take() : chunkOf(Buffer.allocUnsafe(bytes));
    if (last === undefined) {
      this.#first = chunk;
      this.#start = chunk.from;
    } else last.next = chunk;
    this.#last = chunk;
    return chunk;
  }
}

function putLength(length: number, to: Uint8Array, at: number): void {
  to[at] = length;
  to[at + 1] = length >>> 8;
  to[at + 2] = length >>> 16;
  to[at + 3] = length >>> 24;
}
