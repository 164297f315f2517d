import { describe, expect, it } from 'vitest';
import {
  CHUNK_BYTES,
  type Chunk,
  ChunkPool,
  chunkOf,
  FREE_CHUNKS,
  roomIn,
  SLAB_CHUNKS,
  viewOf,
} from '../../../src/signaling/wire/chunk-pool.ts';

function take(pool: ChunkPool, count: number): Chunk[] {
  return Array.from({ length: count }, () => pool.take());
}

describe('ChunkPool', () => {
  it('hands out again what came back', () => {
    const pool = new ChunkPool();
    const chunk = pool.take();
    expect(roomIn(chunk)).toBe(CHUNK_BYTES);
    chunk.end += 7;
    chunk.next = pool.take();
    expect(roomIn(chunk)).toBe(CHUNK_BYTES - 7);
    pool.give(chunk);
    expect(pool.take()).toBe(chunk);
    expect(chunk, 'empty again').toMatchObject({ end: chunk.from, next: undefined });
    expect(pool.take()).not.toBe(chunk);
  });

  it('hands out chunks that share no byte', () => {
    const chunks = take(new ChunkPool(), 3 * SLAB_CHUNKS);
    for (const [index, chunk] of chunks.entries())
      chunk.bytes.fill(index, chunk.from, chunk.from + CHUNK_BYTES);
    for (const [index, chunk] of chunks.entries()) {
      const view = viewOf(chunk, chunk.from, chunk.from + CHUNK_BYTES);
      expect(view.every((byte) => byte === index)).toBe(true);
    }
  });

  it('leaves chunks that are not its own alone', () => {
    const pool = new ChunkPool();
    pool.give(chunkOf(Buffer.alloc(CHUNK_BYTES)));
    expect(pool.free).toBe(0);
  });

  it('holds FREE_CHUNKS at most once they have all come back', () => {
    const pool = new ChunkPool();
    const chunks = take(pool, FREE_CHUNKS + 3 * SLAB_CHUNKS);
    for (const chunk of chunks) pool.give(chunk);
    expect(pool.free).toBe(FREE_CHUNKS);
    expect(new Set(take(pool, FREE_CHUNKS)).size, 'none is there twice').toBe(FREE_CHUNKS);
  });

  it('lets go of what nobody needed between two looks, and of nothing that somebody did', () => {
    const pool = new ChunkPool();
    for (const chunk of take(pool, 5 * SLAB_CHUNKS)) pool.give(chunk);
    pool.trim();
    expect(pool.free, 'they came back since the last look').toBe(5 * SLAB_CHUNKS);
    for (const chunk of take(pool, SLAB_CHUNKS + 1)) pool.give(chunk);
    pool.trim();
    expect(pool.free, 'what was in use at once, by whole slabs').toBe(2 * SLAB_CHUNKS);
    pool.trim();
    expect(pool.free).toBe(0);
  });

  it('keeps a slab of which one chunk is in use', () => {
    const pool = new ChunkPool();
    const [used, ...others] = take(pool, SLAB_CHUNKS);
    for (const chunk of others) pool.give(chunk);
    pool.trim();
    pool.trim();
    expect(pool.free).toBe(SLAB_CHUNKS - 1);
    if (used !== undefined) pool.give(used);
    pool.trim();
    pool.trim();
    expect(pool.free).toBe(0);
  });
});
