import { describe, expect, it } from 'vitest';
import { boundedly, CI_MS } from './ci.ts';
import { slowReaders } from './slow-readers.ts';

describe('50 slow readers among 200 sessions', () => {
  it('are closed and resume; the others lose neither messages nor connections', {
    timeout: CI_MS,
  }, async () => {
    const { violations, figures } = await boundedly('slow readers', slowReaders);
    expect(violations).toEqual([]);
    expect(figures['closed as slow']).toBeGreaterThan(0);
    expect(figures['slow ones resumed']).toBeGreaterThan(0);
  });
});
