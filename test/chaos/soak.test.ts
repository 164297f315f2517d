import { describe, expect, it } from 'vitest';
import { boundedly, CI_MS } from './ci.ts';
import { soak } from './soak.ts';

describe('a server with many visits over a long time', () => {
  it('does not grow, and leaves no descriptors or handles open', { timeout: CI_MS }, async () => {
    const { violations, figures } = await boundedly('soak', soak);
    expect(violations).toEqual([]);
    expect(figures['visits']).toBeGreaterThan(100);
    expect(figures['calls']).toBeGreaterThan(20);
  });
});
