import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeForJson } from '../../src/lib/json-string.ts';

const inQuotes = (text: string): string => `"${escapeForJson(text)}"`;

describe('escapeForJson', () => {
  it('writes every character as JSON.stringify does, lone surrogates too', () => {
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const text = `a${String.fromCharCode(unit)}b`;
      if (inQuotes(text) !== JSON.stringify(text)) expect.fail(`the character ${unit.toString(16)}`);
    }
  });

  it.each([63, 64, 65, 66])('writes a quote at place %i of a text', (place) => {
    const text = `${'x'.repeat(place)}"`;
    expect(inQuotes(text)).toBe(JSON.stringify(text));
  });

  it('writes any text as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(inQuotes(text)).toBe(JSON.stringify(text));
      }),
    );
  });
});
