import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { IsoTime } from '../../src/protocol/fields.ts';

describe('[HT1] a time that a client sends', () => {
  it.each([
    '2026-11-22T00:40:00Z',
    '2026-11-22T00:40+01:00',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
  ])('may be %s, and is understood again as the server tells it', (text) => {
    expect(v.is(IsoTime, text)).toBe(true);
    expect(v.is(IsoTime, new Date(text).toISOString())).toBe(true);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-11-22',
    '2026-11-22T00:40:00',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
    '+010000-01-01T00:00:00Z',
  ])('may not be %s', (text) => {
    expect(v.is(IsoTime, text)).toBe(false);
  });
});
