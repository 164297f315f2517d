import { describe, expect, it } from 'vitest';
import { relativeTime, timeAgo } from '../../src/web/relative-time.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

describe('a time', () => {
  it.each([
    ['2026-06-15T11:59:40Z', null, null],
    ['2026-06-15T12:00:20Z', null, null],
    ['2026-06-15T12:30:00Z', null, null],
    ['2026-06-15T11:57:00Z', '3 minutes ago', '3 минуты назад'],
    ['2026-06-15T07:00:00Z', '5 hours ago', '5 часов назад'],
    ['2026-06-14T10:00:00Z', 'yesterday', 'вчера'],
    ['2026-04-01T10:00:00Z', '2 months ago', '2 месяца назад'],
  ])('%s is said as "%s" and "%s"', (time, english, russian) => {
    expect([timeAgo(time, NOW, 'en'), timeAgo(time, NOW, 'ru')]).toEqual([english, russian]);
  });

  it.each([
    [-30_000, 'en', null],
    [59_000, 'en', null],
    [-3 * MINUTE, 'en', '3 minutes ago'],
    [-DAY, 'en', 'yesterday'],
    [89.9 * DAY, 'en', 'in 2 months'],
    [5 * DAY, 'en', 'in 5 days'],
    [5 * DAY, 'ru', 'через 5 дней'],
    [-2 * 60 * MINUTE, 'ru', '2 часа назад'],
  ])('%i ms from now in %s: %s', (ms, lang, words) => {
    expect(relativeTime(new Date(NOW + ms).toISOString(), NOW, lang)).toBe(words);
  });
});
