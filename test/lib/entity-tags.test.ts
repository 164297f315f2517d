import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMatch } from '../../src/lib/entity-tags.ts';

const tag = fc
  .string({ unit: fc.constantFrom('!', '#', ',', ' ~'.trim(), 'a', 'W', '/'), maxLength: 5 })
  .map((text) => `"${text}"`);
const space = fc.constantFrom('', ' ', '\t', '  ');

describe('If-Match', () => {
  it('[HT8] names each tag of its list, by strong comparison', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), tag)), space, tag, (list, gap, asked) => {
        const header = list.map(([weak, named]) => (weak ? `W/${named}` : named)).join(`${gap},${gap}`);
        const isNamed = list.some(([weak, named]) => !weak && named === asked);
        expect(isMatch(`${gap}${header}${gap}`, asked)).toBe(isNamed);
      }),
    );
  });

  it('[HT8] names nothing if it is malformed, and does not throw', () => {
    for (const header of ['', 'a', '"a', '"a"b', '"a" "b"', '"b"; "a"', '"a"x, "a"', '*, "a"', 'W/*']) {
      expect([header, isMatch(header, '"a"')]).toEqual([header, false]);
    }
    expect(isMatch('*', '"a"')).toBe(true);
    expect(isMatch(' * ', '"a"')).toBe(true);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => typeof isMatch(header, '"a"') === 'boolean'),
    );
  });

  it('[HT8] takes no longer than its length, whatever it is', () => {
    for (const part of [' ', ' ,', '"a",', '"', 'W/', '"a" ']) {
      expect(isMatch(`${part.repeat(100_000)}x`, '"b"')).toBe(false);
    }
  });
});
