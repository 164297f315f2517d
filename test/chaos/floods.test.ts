import { describe, expect, it } from 'vitest';
import { boundedly, CI_MS } from './ci.ts';
import { floods } from './floods.ts';

describe('floods of all kinds at once', () => {
  it('don’t disturb well-behaved sessions, and leave nothing in memory', { timeout: CI_MS }, async () => {
    const { violations, figures } = await boundedly('floods', floods);
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ 'half-open': 10_000 });
    expect(figures['flooded']).toBeGreaterThan(50_000);
  });
});
