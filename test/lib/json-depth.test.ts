import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthWithin } from '../../src/lib/json-depth.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** The plain way: the depth of nested lists and objects in a parsed value. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('depthWithin', () => {
  const cases: readonly (readonly [json: string, depth: number])[] = [
    ['', 0],
    ['1', 0],
    ['[]', 1],
    ['{"a":[{}]}', 3],
    ['[[],[],[[]]]', 3],
    ['"[[[["', 0],
    ['"\\"[[[["', 0],
    ['"\\\\"', 0],
    ['["\\\\",[]]', 2],
    ['{"[":"{","\\u005b":1}', 1],
    ['["é漢😀[",{}]', 2],
    // Invalid JSON is counted as far as it goes.
    ['[[[[', 4],
    ['{"a":{"a":{"a":', 3],
    ['["[[', 1],
    ['"\\', 0],
    [']]][', 0],
  ];
  for (const [json, depth] of cases) {
    it(`finds ${depth} levels in ${json}`, () => {
      expect(depthWithin(bytes(json), depth)).toBe(true);
      if (depth > 0) expect(depthWithin(bytes(json), depth - 1)).toBe(false);
    });
  }

  it('agrees with the parsed value for any JSON with any spaces', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 8 }),
        fc.nat(9),
        fc.constantFrom(0, 1, '\t'),
        (value, most, space) => {
          const json = JSON.stringify(value, null, space);
          expect(depthWithin(bytes(json), most)).toBe(depthOf(value) <= most);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('never accepts deep brackets after bytes that open no string and close nothing', () => {
    const others = fc
      .integer({ min: 0, max: 255 })
      .filter((byte) => !'"]}'.includes(String.fromCharCode(byte)));
    fc.assert(
      fc.property(fc.array(others, { maxLength: 64 }), (front) => {
        expect(depthWithin(Uint8Array.from([...front, ...bytes('['.repeat(65))]), 64)).toBe(false);
      }),
    );
  });
});
