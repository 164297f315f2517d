import { describe, expect, it } from 'vitest';
import { daysUntil } from '../../../src/web/admin/times.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();
const DAY = 86_400_000;

describe('a time of the console', () => {
  it.each([
    [7.9 * DAY, 7],
    [0.5 * DAY, 0],
    [-1, -1],
  ])('%i ms from now are %i whole days', (ms, days) => {
    expect(daysUntil(at(ms), NOW)).toBe(days);
  });
});
