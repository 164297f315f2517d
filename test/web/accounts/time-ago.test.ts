import { describe, expect, it } from 'vitest';
import { timeAgo } from '../../../src/web/accounts/time-ago.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');

describe('a time', () => {
  it.each([
    ['2026-06-15T11:59:40Z', null, null],
    ['2026-06-15T12:00:20Z', null, null],
    ['2026-06-15T11:57:00Z', '3 minutes ago', '3 минуты назад'],
    ['2026-06-15T07:00:00Z', '5 hours ago', '5 часов назад'],
    ['2026-06-14T10:00:00Z', 'yesterday', 'вчера'],
    ['2026-04-01T10:00:00Z', '2 months ago', '2 месяца назад'],
  ])('%s is said as "%s" and "%s"', (time, english, russian) => {
    expect([timeAgo(time, NOW, 'en'), timeAgo(time, NOW, 'ru')]).toEqual([english, russian]);
  });
});
