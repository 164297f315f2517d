/**
 * Share of the machine's memory that unused chunks may take. A pool can hold more only in slabs that are
 * partly in use: at most seven chunks for each.
 */
export const SPARE_SHARE = 1 / 256;

/** Bytes of a pooled chunk: enough for many frames. */
export const CHUNK_BYTES = 8_192;
/** Chunks per slab. A slab is freed once all its chunks are unused, so with larger slabs a few chunks would waste more. */
export const SLAB_CHUNKS = 8;

/**
 * Memory that is divided into chunks. A buffer per chunk would be four more objects in V8 and malloc, each a cache miss
 * per message if thousands of sessions are busy.
 */
interface Slab {
  readonly pool: ChunkPool;
  readonly bytes: Buffer;
  readonly store: ArrayBufferLike;
  /** The unused chunks. */
  readonly free: Chunk[];
}

/** Memory for frames, which lie back to back. All positions are indexes into `bytes`. */
export interface Chunk {
  readonly bytes: Buffer;
  /** Undefined if the chunk owns all of `bytes`. */
  readonly slab: Slab | undefined;
  readonly from: number;
  /** The end of the last frame. */
  end: number;
  /** The next chunk of the same queue. */
  next: Chunk | undefined;
}

/** Returns a chunk that belongs to no pool. It is filled up to `end`. */
export function chunkOf(bytes: Buffer, end = 0): Chunk {
  return { bytes, slab: undefined, from: 0, end, next: undefined };
}

/** Returns the number of free bytes after the last frame. */
export function roomIn({ bytes, slab, from, end }: Chunk): number {
  return (slab === undefined ? bytes.length : from + CHUNK_BYTES) - end;
}

/** Returns a chunk to its pool. If it belongs to none, the garbage collector gets it. */
export function giveBack(chunk: Chunk): void {
  chunk.slab?.pool.give(chunk, chunk.slab);
}

export function viewOf({ bytes, slab }: Chunk, from: number, to: number): Uint8Array {
  return slab === undefined ? bytes.subarray(from, to) : new Uint8Array(slab.store, from, to - from);
}

/**
 * Keeps free chunks for the next queue that needs one. New ones cost page faults and garbage collection, and thousands of
 * busy sessions take and give back tens of thousands a second.
 */
export class ChunkPool {
  readonly #maxFree: number;
  /** Slabs with free chunks. */
  readonly #slabs: Slab[] = [];
  #free = 0;
  /** Fewest free chunks since the last `trim()`; at least that many were never needed. */
  #unneeded = 0;

  /** @param memoryBytes the machine's memory */
  constructor(memoryBytes: number) {
    this.#maxFree = Math.floor((memoryBytes * SPARE_SHARE) / CHUNK_BYTES);
  }

  /** Returns an empty chunk. */
  take(): Chunk {
    const slab = this.#slabs.at(-1) ?? this.#grow();
    const chunk = slab.free.pop();
    if (chunk === undefined) throw new Error('a slab without free chunks was listed');
    if (slab.free.length === 0) this.#slabs.pop();
    this.#free -= 1;
    this.#unneeded = Math.min(this.#unneeded, this.#free);
    return chunk;
  }

  /** Takes back a chunk of one of its slabs. */
  give(chunk: Chunk, slab: Slab): void {
    chunk.end = chunk.from;
    chunk.next = undefined;
    slab.free.push(chunk);
    this.#free += 1;
    if (slab.free.length === 1) this.#slabs.push(slab);
    else if (isUnused(slab) && this.#free > this.#maxFree) this.#letGo(slab);
  }

  /** Number of unused chunks. */
  get free(): number {
    return this.#free;
  }

  /** Frees slabs that weren't needed since the last call, to return a flood's memory. Call it periodically. */
  trim(): void {
    let left = this.#unneeded;
    for (const slab of [...this.#slabs]) {
      if (left < SLAB_CHUNKS) break;
      if (!isUnused(slab)) continue;
      this.#letGo(slab);
      left -= SLAB_CHUNKS;
    }
    this.#unneeded = this.#free;
  }

  #grow(): Slab {
    const slab = newSlab(this);
    this.#slabs.push(slab);
    this.#free += SLAB_CHUNKS;
    return slab;
  }

  /** Leaves an unused slab to the garbage collector. */
  #letGo(slab: Slab): void {
    this.#slabs.splice(this.#slabs.lastIndexOf(slab), 1);
    this.#free -= SLAB_CHUNKS;
  }
}

function isUnused({ free }: Slab): boolean {
  return free.length === SLAB_CHUNKS;
}

function newSlab(pool: ChunkPool): Slab {
  const bytes = Buffer.allocUnsafeSlow(SLAB_CHUNKS * CHUNK_BYTES);
  const slab: Slab = { pool, bytes, store: bytes.buffer, free: [] };
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES)
    slab.free.push({ bytes, slab, from, end: from, next: undefined });
  return slab;
}
