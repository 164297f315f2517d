import { describe, expect, it } from 'vitest';
import { boundedly, CI_MS } from './ci.ts';
import { fuzzing } from './fuzz.ts';

describe('a million mutated frames', () => {
  it('[WS6][RM4] cause no exception, and reach nobody outside the room', {
    timeout: CI_MS,
  }, async () => {
    const { violations, figures } = await boundedly('fuzz', fuzzing);
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ frames: 1_000_000 });
    expect(figures['refused']).toBeGreaterThan(100_000);
    expect(figures['relayed']).toBeGreaterThan(10_000);
  });
});
