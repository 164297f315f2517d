import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstStop, stops } from '../../../src/signaling/wire/string-stops.ts';

/** Whether a byte of a JSON string is neither a quote, nor a backslash, nor a control character. */
const isPlain = (byte: number): boolean => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c;

function found(bytes: Uint8Array): number {
  const stopped = stops(new DataView(bytes.buffer).getInt32(0, true));
  return stopped === 0 ? -1 : firstStop(stopped);
}

describe('the stops of a string', () => {
  it('are found in each of four places, whatever the byte', () => {
    for (let byte = 0; byte <= 0xff; byte += 1) {
      for (let place = 0; place < 4; place += 1) {
        const bytes = new Uint8Array(4).fill(0x61);
        bytes[place] = byte;
        if (found(bytes) !== (isPlain(byte) ? -1 : place)) expect.fail(`${byte} in place ${place}`);
      }
    }
  });

  it('are found in any four bytes, and of several the first', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        expect(found(Uint8Array.from(bytes))).toBe(bytes.findIndex((byte) => !isPlain(byte)));
      }),
      { numRuns: 10_000 },
    );
  });
});
