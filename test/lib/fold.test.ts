import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfPrefix, fold } from '../../src/lib/fold.ts';

describe('folding', () => {
  it.each([
    ['ÖZGÜR', 'özgür'],
    ['ЖЕНЯ', 'женя'],
    ['STRASSE', 'straße'],
    ['STRAẞE', 'straße'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['e\u0301', 'É'],
    ['\u212a', 'k'],
  ])('makes %s and %s one', (one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  it('keeps what is no letter, and letters that differ', () => {
    expect(fold('a%_\\ 1')).toBe('a%_\\ 1');
    expect(fold('o')).not.toBe(fold('ö'));
  });

  it('makes every letter what it makes of its upper and lower case', () => {
    const letters = Array.from({ length: 0x110000 }, (_, point) => String.fromCodePoint(point));
    const isOff = (letter: string) =>
      [letter.toLowerCase(), letter.toUpperCase(), fold(letter)].some(
        (other) => fold(other) !== fold(letter),
      );
    expect(letters.filter(isOff)).toEqual([]);
  });

  it('changes nothing more the second time', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)));
  });
});

describe('the end of a prefix', () => {
  const inBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

  it('is above all texts that begin with it, and not above any other', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3 }), text, text, (prefix, rest, other) => {
        const end = endOfPrefix(prefix);
        if (end === undefined) return;
        expect(inBytes(prefix + rest, end)).toBeLessThan(0);
        const isInside = inBytes(other, prefix) >= 0 && inBytes(other, end) < 0;
        expect(isInside).toBe(other.startsWith(prefix));
      }),
    );
  });

  it('skips surrogates, and carries', () => {
    expect(endOfPrefix('a\ud7ff')).toBe('a\ue000');
    expect(endOfPrefix('a\u{10ffff}')).toBe('b');
    expect(endOfPrefix('\u{10ffff}')).toBeUndefined();
    expect(endOfPrefix('')).toBeUndefined();
  });
});
