import { FREE_CHUNKS } from '../protocol/limits.ts';

/** Bytes of a chunk of the pool: room for many frames. */
export const CHUNK_BYTES = 8_192;

/** Memory for frames, one behind the other. */
export interface Chunk {
  readonly buffer: Buffer;
  /** Where its last frame ends. */
  end: number;
  /** The one that was filled after it. */
  next: Chunk | undefined;
}

export function chunkOf(buffer: Buffer, end = 0): Chunk {
  return { buffer, end, next: undefined };
}

/**
 * Chunks that are free wait here for the next queue that needs one: new ones cost page faults and garbage collection,
 * and thousands of busy sessions take and give back tens of thousands a second.
 */
export class ChunkPool {
  readonly #free: Chunk[] = [];
  /** The least that were free since the last `trim`: so many did nobody need. */
  #unneeded = 0;

  /** An empty one. */
  take(): Chunk {
    const chunk = this.#free.pop();
    if (chunk === undefined) return chunkOf(Buffer.allocUnsafeSlow(CHUNK_BYTES));
    this.#unneeded = Math.min(this.#unneeded, this.#free.length);
    return chunk;
  }

  /** Takes back what `take` gave. Above `FREE_CHUNKS` it is left to the garbage collector. */
  give(chunk: Chunk): void {
    chunk.end = 0;
    chunk.next = undefined;
    if (this.#free.length < FREE_CHUNKS) this.#free.push(chunk);
  }

  /** Chunks that wait. */
  get free(): number {
    return this.#free.length;
  }

  /** Lets go of what nobody needed since the last call, so that memory comes back after a flood. Call it now and then. */
  trim(): void {
    this.#free.length -= this.#unneeded;
    this.#unneeded = this.#free.length;
  }
}

/** One for all queues of the process, as memory is. */
export const chunkPool = new ChunkPool();
