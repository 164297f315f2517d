import { describe, expect, it } from 'vitest';
import {
  LONGEST_WAIT_MS,
  MAX_RETRY_AFTER_MS,
  retryAfterOf,
  TRIES,
  waitAfter,
} from '../../src/webhooks/schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-28T09:30:00Z');

describe('the wait for the next try', () => {
  it('[CT5] is 5 s, 1 min, 5 min, 30 min, 2 h, 5 h, 10 h, 24 h, and then none', () => {
    const waits = Array.from({ length: 9 }, (_, index) => waitAfter(index + 1, 0.5));
    expect(waits).toEqual([
      ...[5_000, MINUTE, 5 * MINUTE, 30 * MINUTE],
      ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 24 * HOUR, undefined],
    ]);
    expect(TRIES).toBe(9);
  });

  it('[CT5] is 20 % shorter or longer by chance', () => {
    expect([waitAfter(2, 0), waitAfter(2, 1)]).toEqual([48_000, 72_000]);
    expect(waitAfter(8, 1)).toBe(LONGEST_WAIT_MS);
  });

  it('[CT5] is lengthened by what the receiver asks for, to a day at most, and never shortened', () => {
    expect(waitAfter(1, 0.5, HOUR)).toBe(HOUR);
    expect(waitAfter(4, 0.5, MINUTE)).toBe(30 * MINUTE);
    expect(waitAfter(1, 0.5, Number.POSITIVE_INFINITY)).toBe(MAX_RETRY_AFTER_MS);
    expect(waitAfter(9, 0.5, HOUR)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sat, 28 Nov 2026 10:00:00 GMT', 30 * MINUTE],
    ['Saturday, 28-Nov-26 10:00:00 GMT', 30 * MINUTE],
    ['Sat Nov 28 10:00:00 2026', 30 * MINUTE],
    ['Sat, 28 Nov 2026 09:00:00 GMT', 0],
    [null, 0],
    ['', 0],
    ['soon', 0],
    ['-5', 0],
    ['1.5', 0],
    ['0x10', 0],
    ['2027-01-01', 0],
    ['in 2099', 0],
    ['Sat, or later', 0],
  ])('[CT5] %j asks for %i ms', (header, ms) => {
    expect(retryAfterOf(header, NOW)).toBe(ms);
  });

  it('[CT5] may be absurdly long, and counts for a day', () => {
    for (const header of ['86401', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT']) {
      expect(waitAfter(1, 0.5, retryAfterOf(header, NOW))).toBe(MAX_RETRY_AFTER_MS);
    }
  });
});
