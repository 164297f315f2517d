import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../src/signaling/wire/decode.ts';
import { withoutMembers } from '../../../src/signaling/wire/json-text.ts';

/** JSON text of a value with spaces, escapes and repeated keys, as no serializer of ours would write it. */
const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.json({ maxDepth: 0 }),
    fc.constantFrom('"\\"}]"', '"\\\\"', '"\\u007b"', '1.0', '-0', '1e2', '12345678901234567890', '""'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[ ${items.join(' ,')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('"a"', '"\\u0061"', '"{"', '"__proto__"', '"\\""'), tie('value')), {
        maxLength: 3,
      })
      .map((members) => `{ ${members.map(([key, value]) => `${key} :${value}`).join(', ')}\n}`),
  ),
})).value;

describe('readFrame', () => {
  it('[WS3] finds the same event, id and payload as JSON.parse, and the payload’s own text', () => {
    const members = fc.record({
      event: fc.constantFrom('"ping"', '"call:offer"', '"c\\u0061ll:ice"'),
      id: fc.constantFrom(undefined, '7', ' 900719925474099'),
      payload: fc.option(jsonText, { nil: undefined }),
      order: fc.constantFrom(
        ['event', 'id', 'payload'],
        ['payload', 'event', 'id'],
        ['id', 'payload', 'event'],
      ),
      twice: fc.boolean(),
      space: fc.constantFrom('', ' ', '\n\t'),
    });
    fc.assert(
      fc.property(members, ({ order, twice, space, ...fields }) => {
        const values = new Map<string, string | undefined>(Object.entries(fields));
        const parts = order.flatMap((key) =>
          values.get(key) === undefined ? [] : [`"${key}":${space}${values.get(key)}`],
        );
        if (twice) parts.push(`"payload":${space}{"last":1.0}`);
        const text = `{${parts.join(`,${space}`)}}`;
        const expected = JSON.parse(text);
        const frame = readFrame(Buffer.from(text));
        if ('problem' in frame) throw new Error(frame.problem);
        expect(frame.event).toBe(expected.event);
        expect(frame.id).toBe(expected.id);
        expect(frame.payload).toEqual(Object.hasOwn(expected, 'payload') ? expected.payload : {});
        expect(Buffer.from(frame.body).toString().trim()).toBe(
          (twice ? '{"last":1.0}' : (fields.payload ?? '{}')).trim(),
        );
      }),
    );
  });

  it('[SE7] reads a receipt as any other message, however it is written', () => {
    const digits = fc.oneof(
      fc.nat().map(String),
      fc.constantFrom(
        '0',
        '01',
        '-1',
        '1.5',
        '1e3',
        '999999999999999',
        '1000000000000000',
        '',
        '"1"',
        'null',
      ),
    );
    const around = fc.constantFrom(
      ['{"event":"session:ack","payload":{"seq":', '}}'],
      ['{"event":"session:ack","id":3,"payload":{"seq":', '}}'],
      ['{"event":"session:ack","payload":{"seq": ', '} }'],
      ['{"event":"session:ack","payload":{"seq":', ',"seq":7}}'],
      ['{"event":"session:ack","payload":{"seq":', '}'],
      ['{"event":"session:ack","payload":{"seq":', '}}}'],
      ['{"event":"session:ac","payload":{"seq":', '}}'],
    );
    fc.assert(
      fc.property(around, digits, ([before = '', after = ''], number) => {
        const text = before + number + after;
        const { id, ...read } = readFrame(Buffer.from(text));
        const expected = parsed(text);
        expect([id, 'problem' in read]).toEqual([expected?.id, expected === undefined]);
        if ('event' in read) expect([read.event, read.payload]).toEqual([expected?.event, expected?.payload]);
      }),
    );
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          jsonText,
          fc.string().map((end) => `{"event":"ping","payload":${end}`),
        ),
        (text) => {
          readFrame(Buffer.from(text));
        },
      ),
    );
  });
});

describe('withoutMembers', () => {
  it('[CA2] leaves an object that differs in these members alone', () => {
    const object = fc.array(
      fc.tuple(fc.constantFrom('"from"', '"\\u0066rom"', '"a"', '"fro"', '"from "'), jsonText),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(object, (members) => {
        const text = `{ ${members.map(([key, value]) => `${key}: ${value}`).join(' , ')} }`;
        const { from: _, ...expected } = JSON.parse(text);
        const left = withoutMembers(text, ['from']);
        expect(JSON.parse(left)).toEqual(expected);
      }),
    );
  });
});

function parsed(text: string): { event: string; id?: number; payload: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
