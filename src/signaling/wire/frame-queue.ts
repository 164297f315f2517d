import { type Borrowed, lend } from '../../lib/borrowed.ts';
import { CHUNK_BYTES, type Chunk, type ChunkPool, chunkOf, giveBack, roomIn, viewOf } from './chunk-pool.ts';

/** Bytes of the length that precedes each frame. */
const LENGTH_BYTES = 4;
/**
 * A queue that holds this many frames takes chunks from the pool from then on. Until then, each frame gets a small buffer
 * of its own: an idle session keeps two or three frames, which would leave a pooled chunk nearly empty. A busy session's
 * small buffers would be garbage seconds later, and collecting them would delay messages.
 */
const FEW_FRAMES = 4;
/** Min bytes of a queue that is worth packing. */
const PACKED_BYTES = 4_096;

/** Where to write a frame. */
export interface FramePosition {
  readonly bytes: Buffer;
  readonly at: number;
}

/**
 * Keeps frames as bytes, back to back. Thousands of sessions keep dozens of frames each. The garbage collector would copy
 * and mark strings again and again; bytes are written once and never move.
 */
export class FrameQueue {
  #first: Chunk | undefined;
  #last: Chunk | undefined;
  /** The oldest frame, if `pushText` added it. */
  #text: string | undefined;
  /** The frames before the first chunk, one byte per character, since `pack`. */
  #packed: string | undefined;
  /** Position of the oldest frame's length in the first chunk. */
  #start = 0;
  #count = 0;
  #bytes = 0;
  /** Whether it has ever held `FEW_FRAMES` frames at once. */
  #hadMany = false;

  /** Whether it belongs to a busy session, and takes chunks from the pool even for its first frame. */
  get hadMany(): boolean {
    return this.#hadMany;
  }

  get count(): number {
    return this.#count;
  }

  /** Total of all frames. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Returns where to write the next frame. Then `push` adds it.
   * @param length of the frame in bytes
   * @param chunks to take memory from, if the session is busy
   */
  reserve(length: number, chunks: ChunkPool): FramePosition {
    const { bytes, end } = this.#chunkFor(LENGTH_BYTES + length, chunks);
    return { bytes, at: end + LENGTH_BYTES };
  }

  /**
   * Adds the frame that was written to the position that was reserved last.
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
   * Adds a frame to an empty queue and keeps it a string: a session's only frame then needs no memory outside of V8, and
   * none of a chunk's three objects. Later frames are bytes.
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
   * Moves the frames into one string while the session is suspended. V8 returns the memory of strings to the system. Freed
   * chunks leave holes in malloc's memory, which stay with the process.
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

  /** Returns all frames, the oldest first. */
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

  /** Drops the frame that `pushText` added. @returns how many of `count` frames it dropped: 1 or 0 */
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

  /** Returns the last chunk if it has room, otherwise a new one. @param bytes of the frame and its length */
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
