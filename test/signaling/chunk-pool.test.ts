import { describe, expect, it } from 'vitest';
import { FREE_CHUNKS } from '../../src/protocol/limits.ts';
import { CHUNK_BYTES, ChunkPool } from '../../src/signaling/chunk-pool.ts';

describe('ChunkPool', () => {
  it('hands out again what came back', () => {
    const pool = new ChunkPool();
    const chunk = pool.take();
    expect(chunk.buffer).toHaveLength(CHUNK_BYTES);
    chunk.end = 7;
    chunk.next = pool.take();
    pool.give(chunk);
    expect(pool.take()).toBe(chunk);
    expect(chunk, 'empty again').toMatchObject({ end: 0, next: undefined });
    expect(pool.take()).not.toBe(chunk);
  });

  it('holds FREE_CHUNKS at most', () => {
    const pool = new ChunkPool();
    const chunk = pool.take();
    for (let given = 0; given <= FREE_CHUNKS; given += 1) pool.give(chunk);
    expect(pool.free).toBe(FREE_CHUNKS);
  });

  it('lets go of what nobody needed between two looks, and of nothing that somebody did', () => {
    const pool = new ChunkPool();
    const chunks = Array.from({ length: 10 }, () => pool.take());
    for (const chunk of chunks) pool.give(chunk);
    pool.trim();
    expect(pool.free, 'they came back since the last look').toBe(10);
    const busy = [pool.take(), pool.take(), pool.take()];
    for (const chunk of busy) pool.give(chunk);
    pool.trim();
    expect(pool.free, 'three at once were in use').toBe(3);
    pool.trim();
    expect(pool.free).toBe(0);
  });
});
