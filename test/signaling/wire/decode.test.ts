import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lend, textOf } from '../../../src/lib/borrowed.ts';
import { isCallMessage } from '../../../src/signaling/wire/client-message.ts';
import { decode } from '../../../src/signaling/wire/decode.ts';
import { withoutMembers } from '../../../src/signaling/wire/json-members.ts';
import { comparable, plainDecode } from './plain-decode.ts';

/** JSON text of a value with spaces, escapes and repeated keys, which no serializer of ours writes. */
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

/** Payloads of many events, each with a member that the schema may refuse. */
const payload: fc.Arbitrary<string> = fc.oneof(
  jsonText,
  fc.constantFrom('{ "seq" : 12}', '{"typing":true }'),
  fc
    .array(
      fc.tuple(
        fc.constantFrom(
          '"to"',
          '"sdp"',
          '"from"',
          '"\\u0066romUserId"',
          '"seq"',
          '"typing"',
          '"reason"',
          '"x"',
        ),
        fc.oneof(
          jsonText,
          fc.constantFrom(
            '"3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a"',
            '"v=0"',
            '12',
            'true',
            '"user_busy"',
            '{"a":1.0}',
          ),
        ),
      ),
      { maxLength: 4 },
    )
    .map((members) => `{ ${members.map(([key, value]) => `${key} : ${value}`).join(' , ')}}`),
);

describe('decode', () => {
  it('[WS3][CA2] returns what parsing and the schema do, however the message is written', () => {
    const members = fc.record({
      event: fc.constantFrom(
        '"ping"',
        '"typing"',
        '"session:ack"',
        '"call:offer"',
        '"c\\u0061ll:hangup"',
        '"call:answer"',
        '"nonsense"',
        '"toString"',
        '7',
      ),
      id: fc.constantFrom(undefined, '7', ' 900719925474099', '0', '"7"'),
      payload: fc.option(payload, { nil: undefined }),
      order: fc.constantFrom(
        ['event', 'id', 'payload'],
        ['payload', 'event', 'id'],
        ['id', 'payload', 'event'],
      ),
      twice: fc.boolean(),
      space: fc.constantFrom('', ' ', '\n\t'),
    });
    const decoded = new Map<string, number>();
    fc.assert(
      fc.property(members, ({ order, twice, space, ...fields }) => {
        const values = new Map<string, string | undefined>(Object.entries(fields));
        const parts = order.flatMap((key) =>
          values.get(key) === undefined ? [] : [`"${key}":${space}${values.get(key)}`],
        );
        if (twice) parts.push(`"payload":${space}{"sdp":{"last":1.0}}`);
        const text = `{${parts.join(`,${space}`)}}`;
        const message = decode(lend(Buffer.from(text)));
        expect(comparable(message)).toEqual(plainDecode(text));
        if ('problem' in message) return;
        decoded.set(message.event, (decoded.get(message.event) ?? 0) + 1);
        if (!isCallMessage(message) || text.includes('rom')) return;
        // A payload without a forged sender stays as it came, byte for byte.
        const sent = (twice ? '{"sdp":{"last":1.0}}' : (fields.payload ?? '{}')).trim();
        expect(textOf(message.rest).trimEnd()).toBe(sent.slice(1).trimStart());
      }),
      { numRuns: 5_000 },
    );
    expect([...decoded.keys()].sort(), 'the property was about something').toEqual([
      'call:answer',
      'call:hangup',
      'call:offer',
      'ping',
      'session:ack',
      'typing',
    ]);
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
        expect(comparable(decode(lend(Buffer.from(text))))).toEqual(plainDecode(text));
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
          decode(lend(Buffer.from(text)));
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
        const left = textOf(withoutMembers(lend(Buffer.from(text)), ['from']));
        expect(JSON.parse(left)).toEqual(expected);
      }),
    );
  });
});
