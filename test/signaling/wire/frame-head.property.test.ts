import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lend } from '../../../src/lib/borrowed.ts';
import { readHead } from '../../../src/signaling/wire/frame-head.ts';

const name = fc.constantFrom('"event"', '"id"', '"payload"', '"\\u0069d"', '"ev\\u0065nt"', '"x"', '"id,"');
const value = fc.oneof(
  fc.constantFrom(
    '"ping"',
    '"call:ice"',
    '"c\\u0061ll:ice"',
    '7',
    ' 12 ',
    '0',
    '-1',
    '1.5',
    '1e2',
    'null',
    'true',
    '"7"',
    '"a,\\"id\\":9"',
    '{"id":3,"event":"typing"}',
    '[1,{"id":4}]',
    '[[[["]"]]]]',
    `"${'x'.repeat(300)}"`,
    '9007199254740993',
  ),
  fc.json({ maxDepth: 3 }),
);
const space = fc.constantFrom('', '', ' ', '\n\t');
const frame = fc
  .tuple(fc.array(fc.tuple(name, value), { maxLength: 6 }), space)
  .map(
    ([members, blank]) => `{${members.map(([key, of]) => `${key}${blank}:${blank}${of}`).join(`${blank},`)}}`,
  );

/** Event and id as `JSON.parse` finds them. */
function parsedHead(text: string): { event: string | undefined; id: number | undefined } {
  const { event, id } = JSON.parse(text);
  return {
    // `readHead` ignores longer ones.
    event: typeof event === 'string' && event.length < 250 ? event : undefined,
    id: Number.isSafeInteger(id) && id > 0 ? id : undefined,
  };
}

describe('readHead', () => {
  it('[WS4] finds the event and the id that parsing finds, wherever they stand', () => {
    let found = 0;
    fc.assert(
      fc.property(frame, (text) => {
        const expected = parsedHead(text);
        expect(readHead(lend(Buffer.from(text)))).toEqual(expected);
        if (expected.id !== undefined) found += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(found, 'the property was about something').toBeGreaterThan(100);
  });

  it('finds the usual beginning, whatever follows', () => {
    for (const rest of ['', '{', '[['.repeat(100_000), '"', '{"typing":true}}', '\\'.repeat(99)]) {
      const text = `{"event":"typing","id":41,"payload":${rest}`;
      expect(readHead(lend(Buffer.from(text)))).toMatchObject({ event: 'typing', id: 41 });
    }
  });

  it('finds an id behind a payload of any depth', () => {
    const text = `{"payload":${'[{"a":'.repeat(9_000)}"}]"${'}]'.repeat(9_000)},"id":8,"event":"x"}`;
    expect(readHead(lend(Buffer.from(text)))).toEqual({ event: 'x', id: 8 });
  });

  it('takes a message that was cut anywhere', () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.nat(), (text, cut, quote) => {
        const bytes = Buffer.from(text);
        bytes[quote % bytes.length] = 0x22;
        expect(() => readHead(lend(new Uint8Array(bytes).subarray(0, cut % bytes.length)))).not.toThrow();
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const { id } = readHead(lend(bytes));
          expect(id === undefined || id > 0).toBe(true);
        },
      ),
    );
  });
});
