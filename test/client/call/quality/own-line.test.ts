import { describe, expect, it } from 'vitest';
import { judgeLine, judgeSent, type Witness } from '../../../../src/client/call/quality/own-line.ts';
import type { UplinkLimit } from '../../../../src/client/index.ts';
import { reading } from './readings.ts';

const FREE = { limit: 'auto', bitsPerSecond: 1_000_000 } as const;
const FINE: Witness = { sent: 'good', received: 'good' };
const LOSES: Witness = { sent: 'poor', received: 'good' };
const BAD: Witness = { sent: 'good', received: 'poor' };

describe('one’s own line', () => {
  it.each<[string, string | null, Witness[]]>([
    ['nobody tells', null, []],
    ['nobody sees a fault', 'good', [FINE, FINE]],
    ['the only peer loses what this side sends', 'poor', [LOSES]],
    ['one of three loses it', 'good', [LOSES, FINE, FINE]],
    ['one of two loses it', 'good', [LOSES, FINE]],
    ['two of four lose it', 'poor', [LOSES, FINE, LOSES, FINE]],
    ['two of seven lose it', 'good', [LOSES, LOSES, FINE, FINE, FINE, FINE, FINE]],
    ['two of three lose some of it', 'fair', [{ ...LOSES, sent: 'fair' }, LOSES, FINE]],
    ['the only peer comes in badly', 'good', [BAD]],
    ['one of two comes in badly', 'good', [BAD, FINE]],
    ['both come in badly', 'poor', [BAD, BAD]],
  ])('if %s, is %s', (_, line, witnesses) => {
    expect(judgeLine(witnesses, FREE, false)).toBe(line);
  });

  it.each<[UplinkLimit, number, string]>([
    ['auto', 300_000, 'poor'],
    ['sound', 100_000, 'good'],
    [500_000, 480_000, 'good'],
    [1_000_000, 300_000, 'poor'],
  ])('is poor if pictures are held back, unless the person chose so: %s, %i', (limit, bits, line) => {
    expect(judgeLine([FINE], { limit, bitsPerSecond: bits }, true)).toBe(line);
    expect(judgeLine([FINE], { limit, bitsPerSecond: bits }, false)).toBe('good');
  });

  it.each([
    ['nothing is reported', 'good', null, 20],
    ['nothing is lost', 'good', 0, 20],
    ['some is lost', 'fair', 10, 20],
    ['much is lost', 'poor', 40, 20],
    ['round trips are long', 'fair', 0, 700],
    ['round trips take more than a second', 'poor', 0, 1_500],
  ])('if %s, is %s in one peer’s reports', (_, quality, lost, roundTripMs) => {
    const glances = [0, 1, 2].map((second) => ({
      expected: { sound: true, camera: true, screen: false },
      reading: reading({
        roundTripMs,
        sent: { camera: { packets: second * 100, lost: lost === null ? null : second * lost } },
      }),
    }));
    expect(judgeSent(glances)).toBe(quality);
  });

  it('isn’t judged by one slow round trip, or by a report that takes a loss back', () => {
    const glances = [20, 3_000, 30].map((roundTripMs, second) => ({
      expected: { sound: true, camera: true, screen: false },
      reading: reading({ roundTripMs, sent: { camera: { packets: second * 100, lost: 50 - second * 20 } } }),
    }));
    expect(judgeSent(glances)).toBe('good');
  });
});
