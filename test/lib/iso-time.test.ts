import { describe, expect, it } from 'vitest';
import { isoTime } from '../../src/lib/iso-time.ts';

describe('a time as ISO 8601', () => {
  it('is right for each moment, whether the same as before or another', () => {
    const noon = Date.UTC(2026, 10, 22, 12);
    expect(isoTime(noon)).toBe('2026-11-22T12:00:00.000Z');
    expect(isoTime(noon)).toBe('2026-11-22T12:00:00.000Z');
    expect(isoTime(noon + 1)).toBe('2026-11-22T12:00:00.001Z');
    expect(isoTime(noon)).toBe('2026-11-22T12:00:00.000Z');
  });

  it('throws if there is no such date, and is right again afterwards', () => {
    expect(() => isoTime(Number.NaN)).toThrow(RangeError);
    expect(() => isoTime(9e15)).toThrow(RangeError);
    expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});
