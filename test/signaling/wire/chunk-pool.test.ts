import { describe, expect, it } from 'vitest';
import {
  CHUNK_BYTES,
  type Chunk,
  ChunkPool,
  chunkOf,
  giveBack,
  roomIn,
  SLAB_CHUNKS,
  SPARE_SHARE,
  viewOf,
} from '../../../src/signaling/wire/chunk-pool.ts';

/** Returns the memory of a machine whose pool may keep this many unused chunks. */
const MAX_FREE = 16 * SLAB_CHUNKS;
const MEMORY_BYTES = (MAX_FREE * CHUNK_BYTES) / SPARE_SHARE;

function take(pool: ChunkPool, count: number): Chunk[] {
  return Array.from({ length: count }, () => pool.take());
}

describe('ChunkPool', () => {
  it('hands out again what came back', () => {
    const pool = new ChunkPool(MEMORY_BYTES);
    const chunk = pool.take();
    expect(roomIn(chunk)).toBe(CHUNK_BYTES);
    chunk.end += 7;
    chunk.next = pool.take();
    expect(roomIn(chunk)).toBe(CHUNK_BYTES - 7);
    giveBack(chunk);
    expect(pool.take()).toBe(chunk);
    expect(chunk, 'empty again').toMatchObject({ end: chunk.from, next: undefined });
    expect(pool.take()).not.toBe(chunk);
  });

  it('hands out chunks that share no byte', () => {
    const chunks = take(new ChunkPool(MEMORY_BYTES), 3 * SLAB_CHUNKS);
    for (const [index, chunk] of chunks.entries())
      chunk.bytes.fill(index, chunk.from, chunk.from + CHUNK_BYTES);
    for (const [index, chunk] of chunks.entries()) {
      const view = viewOf(chunk, chunk.from, chunk.from + CHUNK_BYTES);
      expect(view.every((byte) => byte === index)).toBe(true);
    }
  });

  it('leaves chunks that are not its own alone', () => {
    const pool = new ChunkPool(MEMORY_BYTES);
    giveBack(chunkOf(Buffer.alloc(CHUNK_BYTES)));
    expect(pool.free).toBe(0);
  });

  it('keeps a 256th of the memory at most once all chunks have come back', () => {
    const pool = new ChunkPool(MEMORY_BYTES);
    const chunks = take(pool, MAX_FREE + 3 * SLAB_CHUNKS);
    for (const chunk of chunks) giveBack(chunk);
    expect(pool.free).toBe(MAX_FREE);
    expect(new Set(take(pool, MAX_FREE)).size, 'none is there twice').toBe(MAX_FREE);
  });

  it('lets go of what nobody needed between two looks, and of nothing that somebody did', () => {
    const pool = new ChunkPool(MEMORY_BYTES);
    for (const chunk of take(pool, 5 * SLAB_CHUNKS)) giveBack(chunk);
    pool.trim();
    expect(pool.free, 'they came back since the last look').toBe(5 * SLAB_CHUNKS);
    for (const chunk of take(pool, SLAB_CHUNKS + 1)) giveBack(chunk);
    pool.trim();
    expect(pool.free, 'what was in use at once, by whole slabs').toBe(2 * SLAB_CHUNKS);
    pool.trim();
    expect(pool.free).toBe(0);
  });

  it('keeps a slab of which one chunk is in use', () => {
    const pool = new ChunkPool(MEMORY_BYTES);
    const [used, ...others] = take(pool, SLAB_CHUNKS);
    for (const chunk of others) giveBack(chunk);
    pool.trim();
    pool.trim();
    expect(pool.free).toBe(SLAB_CHUNKS - 1);
    if (used !== undefined) giveBack(used);
    pool.trim();
    pool.trim();
    expect(pool.free).toBe(0);
  });
});
