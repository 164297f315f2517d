import { execSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { descriptorLimit } from '../../src/lib/descriptors.ts';

describe('the limit of open descriptors', () => {
  it('is that of the shell', () => {
    const limit = execSync('ulimit -n', { encoding: 'utf8' }).trim();
    expect(descriptorLimit()).toBe(limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit));
  });
});
