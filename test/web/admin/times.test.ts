import { describe, expect, it } from 'vitest';
import { daysUntil, relativeTime } from '../../../src/web/admin/times.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

describe('a time of the console', () => {
  it.each([
    [-30_000, 'en', 'just now'],
    [59_000, 'en', 'just now'],
    [-3 * MINUTE, 'en', '3 minutes ago'],
    [-DAY, 'en', 'yesterday'],
    [89.9 * DAY, 'en', 'in 2 months'],
    [5 * DAY, 'en', 'in 5 days'],
    [5 * DAY, 'ru', 'через 5 дней'],
    [-2 * 60 * MINUTE, 'ru', '2 часа назад'],
  ])('%i ms from now in %s: %s', (ms, lang, words) => {
    expect(relativeTime(at(ms), NOW, lang, 'just now')).toBe(words);
  });

  it.each([
    [7.9 * DAY, 7],
    [0.5 * DAY, 0],
    [-1, -1],
  ])('%i ms from now are %i whole days', (ms, days) => {
    expect(daysUntil(at(ms), NOW)).toBe(days);
  });
});
