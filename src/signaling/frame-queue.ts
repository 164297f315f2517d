/** In front of each frame: how many bytes it has. */
const LENGTH_BYTES = 4;
/** A chunk that has room for many frames. */
const CHUNK_BYTES = 8_192;
/** Such chunks that wait for the next queue that needs one; more are left to the garbage collector. */
const SPARE_CHUNKS = 256;
/**
 * Frames that get a chunk of their own size each, cut from Node's pool for small buffers: the two or three that an idle
 * session keeps would leave a large chunk nearly empty. Each may hold on to one pool of 8 KiB.
 */
const FEW_FRAMES = 4;
const CLOSING_BRACE = 0x7d;
const NOTHING = new Uint8Array(0);

interface Chunk {
  readonly buffer: Buffer;
  /** Where its last frame ends. */
  end: number;
}

const spare: Buffer[] = [];

/**
 * Frames as bytes, one behind the other. Thousands of sessions keep dozens of frames each, which the garbage collector
 * would copy and mark again and again if they were strings; here they are written once and never move.
 */
export class FrameQueue {
  readonly #chunks: Chunk[] = [];
  /** Where the oldest frame's length stands, in the first chunk. */
  #start = 0;
  #count = 0;
  #bytes = 0;

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
    const headBytes = Buffer.byteLength(head);
    const length = headBytes + body.length + 1;
    const chunk = this.#chunkFor(LENGTH_BYTES + length);
    const { buffer } = chunk;
    const at = buffer.writeUInt32LE(length, chunk.end);
    buffer.write(head, at);
    buffer.set(body, at + headBytes);
    chunk.end = at + length;
    buffer[chunk.end - 1] = CLOSING_BRACE;
    this.#count += 1;
    this.#bytes += length;
    return new Uint8Array(buffer.buffer, buffer.byteOffset + at, length);
  }

  /** Forgets the oldest frames. @param count at most as many as there are */
  release(count: number): void {
    for (let left = count; left > 0; left -= 1) {
      const [chunk] = this.#chunks;
      if (chunk === undefined) return;
      const length = chunk.buffer.readUInt32LE(this.#start);
      this.#start += LENGTH_BYTES + length;
      this.#count -= 1;
      this.#bytes -= length;
      if (this.#start < chunk.end) continue;
      this.#chunks.shift();
      this.#start = 0;
      if (chunk.buffer.length === CHUNK_BYTES && spare.length < SPARE_CHUNKS) spare.push(chunk.buffer);
    }
  }

  /** All frames, the oldest first; valid until the next `push` or `release`. */
  all(): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let at = this.#start;
    for (const { buffer, end } of this.#chunks) {
      while (at < end) {
        const from = at + LENGTH_BYTES;
        at = from + buffer.readUInt32LE(at);
        frames.push(buffer.subarray(from, at));
      }
      at = 0;
    }
    return frames;
  }

  /** The last chunk if it has room, or a new one. */
  #chunkFor(bytes: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.end + bytes <= last.buffer.length) return last;
    const shared = this.#count >= FEW_FRAMES && bytes <= CHUNK_BYTES;
    const buffer = shared ? (spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)) : Buffer.allocUnsafe(bytes);
    const chunk = { buffer, end: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }
}
