import { FREE_CHUNKS } from '../protocol/limits.ts';

/** Bytes of a chunk: room for many frames. */
export const CHUNK_BYTES = 8_192;

/**
 * Chunks that are free wait here for the next queue that needs one: new ones cost page faults and garbage collection,
 * and thousands of busy sessions take and give back tens of thousands a second.
 */
export class ChunkPool {
  readonly #free: Buffer[] = [];
  /** The least that were free since the last `trim`: so many did nobody need. */
  #unneeded = 0;

  take(): Buffer {
    const chunk = this.#free.pop();
    if (chunk === undefined) return Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#unneeded = Math.min(this.#unneeded, this.#free.length);
    return chunk;
  }

  /** Above `FREE_CHUNKS` it is left to the garbage collector. */
  give(chunk: Buffer): void {
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
