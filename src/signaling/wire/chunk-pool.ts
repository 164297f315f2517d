/**
 * Chunks of 8 KiB that wait to be used again for kept messages: 128 MiB, what 4,000 busy sessions take. More of them wait
 * only beside others of their slab that are in use: at most seven for each.
 */
export const FREE_CHUNKS = 16_384;

/** Bytes of a chunk of the pool: room for many frames. */
export const CHUNK_BYTES = 8_192;
/** A slab's memory goes back to the system as a whole: with more chunks, few in use would hold on to much. */
export const SLAB_CHUNKS = 8;

/**
 * Memory that chunks are cut from. A chunk with a buffer of its own would cost four objects more, of V8 and of malloc;
 * where thousands of sessions are busy, each of them is a cache miss for each message.
 */
interface Slab {
  readonly bytes: Buffer;
  readonly store: ArrayBufferLike;
  /** Its chunks that nobody uses. */
  readonly free: Chunk[];
}

/** Memory for frames, one behind the other. All places are those of `bytes`. */
export interface Chunk {
  readonly bytes: Buffer;
  /** Undefined where all of `bytes` is this chunk's. */
  readonly slab: Slab | undefined;
  readonly from: number;
  /** Where its last frame ends. */
  end: number;
  /** The one that was filled after it. */
  next: Chunk | undefined;
}

/** A chunk that has just this memory, filled up to `end`. */
export function chunkOf(bytes: Buffer, end = 0): Chunk {
  return { bytes, slab: undefined, from: 0, end, next: undefined };
}

/** Bytes that are free in a chunk, behind its last frame. */
export function roomIn({ bytes, slab, from, end }: Chunk): number {
  return (slab === undefined ? bytes.length : from + CHUNK_BYTES) - end;
}

export function viewOf({ bytes, slab }: Chunk, from: number, to: number): Uint8Array {
  return slab === undefined ? bytes.subarray(from, to) : new Uint8Array(slab.store, from, to - from);
}

/**
 * Chunks that are free wait here for the next queue that needs one: new ones cost page faults and garbage collection,
 * and thousands of busy sessions take and give back tens of thousands a second.
 */
export class ChunkPool {
  /** Those with free chunks. */
  #slabs: Slab[] = [];
  #free = 0;
  /** The least that were free since the last `trim`: so many did nobody need. */
  #unneeded = 0;

  /** An empty one. */
  take(): Chunk {
    const slab = this.#slabs.at(-1) ?? this.#grow();
    const chunk = slab.free.pop();
    if (chunk === undefined) throw new Error('a slab without free chunks was listed');
    if (slab.free.length === 0) this.#slabs.pop();
    this.#free -= 1;
    this.#unneeded = Math.min(this.#unneeded, this.#free);
    return chunk;
  }

  /** Takes back what `take` gave; any other chunk is left to the garbage collector. */
  give(chunk: Chunk): void {
    const { slab } = chunk;
    if (slab === undefined) return;
    chunk.end = chunk.from;
    chunk.next = undefined;
    slab.free.push(chunk);
    this.#free += 1;
    if (slab.free.length === 1) this.#slabs.push(slab);
    else if (isUnused(slab) && this.#free > FREE_CHUNKS) this.#letGo(SLAB_CHUNKS);
  }

  /** Chunks that wait. */
  get free(): number {
    return this.#free;
  }

  /** Lets go of what nobody needed since the last call, so that memory comes back after a flood. Call it now and then. */
  trim(): void {
    this.#letGo(this.#unneeded);
    this.#unneeded = this.#free;
  }

  #grow(): Slab {
    const slab = newSlab();
    this.#slabs.push(slab);
    this.#free += SLAB_CHUNKS;
    return slab;
  }

  /** Leaves slabs that nobody uses to the garbage collector. @param most chunks */
  #letGo(most: number): void {
    let left = most;
    this.#slabs = this.#slabs.filter((slab) => {
      if (left < SLAB_CHUNKS || !isUnused(slab)) return true;
      left -= SLAB_CHUNKS;
      return false;
    });
    this.#free -= most - left;
  }
}

function isUnused({ free }: Slab): boolean {
  return free.length === SLAB_CHUNKS;
}

function newSlab(): Slab {
  const bytes = Buffer.allocUnsafeSlow(SLAB_CHUNKS * CHUNK_BYTES);
  const slab: Slab = { bytes, store: bytes.buffer, free: [] };
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES)
    slab.free.push({ bytes, slab, from, end: from, next: undefined });
  return slab;
}

/** One for all queues of the process, as memory is. */
export const chunkPool = new ChunkPool();
