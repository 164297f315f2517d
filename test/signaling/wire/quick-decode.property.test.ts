import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../../src/domain/ids.ts';
import { lend, textOf } from '../../../src/lib/borrowed.ts';
import { CANDIDATES } from '../../../src/protocol/limits.ts';
import { isCallMessage } from '../../../src/signaling/wire/client-message.ts';
import { decode } from '../../../src/signaling/wire/decode.ts';
import { quickDecode } from '../../../src/signaling/wire/quick-decode.ts';
import { comparable, plainDecode } from './plain-decode.ts';

const PEER = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
/** The peer that the sender has a call with. */
const LIKELY = PEER as PeerId;
const OTHER = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5b' as PeerId;

const odd = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.constantFrom(
    `"${PEER}"`,
    `"${PEER.toUpperCase()}"`,
    `" ${PEER.slice(1)}"`,
    '[]',
    '{}',
    'null',
    '{"a":1,}',
    '1.',
    '"\\x"',
    '7',
    '0',
    '[null]',
    '["a" ,{}]',
    '[1]',
  ),
);
const usually = (value: fc.Arbitrary<string>) => fc.oneof({ weight: 8, arbitrary: value }, odd);
const description = fc
  .oneof(fc.string(), fc.record({ type: fc.string(), sdp: fc.string() }))
  .map((value) => JSON.stringify(value));
const candidates = fc
  .array(
    fc.oneof(fc.string(), fc.constant(null), fc.record({ candidate: fc.string(), sdpMid: fc.string() })),
    {
      maxLength: 4,
    },
  )
  .map((value) => JSON.stringify(value));
const to = fc.constant(['"to"', `"${PEER}"`] as const);
const own = fc.oneof(
  fc.tuple(fc.constantFrom('"sdp"', '"candidate"'), usually(description)),
  fc.tuple(fc.constant('"candidates"'), usually(candidates)),
  fc.tuple(fc.constant('"seq"'), usually(fc.nat().map(String))),
);
const member = fc.oneof(
  { weight: 3, arbitrary: to },
  { weight: 5, arbitrary: own },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('"tracks"', '"__proto__"', '"t"', '""', '"connection"'), odd),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(
        '"to"',
        '"\\u0074o"',
        '"userId"',
        '"from"',
        '"fromUserId"',
        '"to" ',
        ' "sdp"',
        '"from\\u0055serId"',
      ),
      usually(description),
    ),
  },
);
const members = fc.oneof(
  fc.array(member, { maxLength: 4 }),
  fc.tuple(to, own, member).chain((some) => fc.shuffledSubarray(some, { minLength: 1, maxLength: 3 })),
);
const payload = fc
  .tuple(members, fc.constantFrom(',', ',', ',', ', ', ''))
  .map(([some, comma]) => `{${some.map(([name, value]) => `${name}:${value}`).join(comma)}}`);
const rarely = (usual: fc.Arbitrary<string>, ...unusual: string[]) =>
  fc.oneof({ weight: 6, arbitrary: usual }, fc.constantFrom(...unusual));
const id = rarely(
  fc.constantFrom('7', '999999999999999'),
  ...['9007199254740993', '0', '01', ' 1', '1.0', '-1', 'null', '"1"'],
);
const head = rarely(
  fc
    .constantFrom('call:offer', 'call:answer', 'call:ice', 'session:ack')
    .map((event) => `"event":"${event}"`),
  '"event":"call:hangup"',
  '"event":"ping"',
  '"event" :"call:ice"',
  '"event":"call\\u003aice"',
  '"event":7',
);
const message = fc
  .tuple(
    fc
      .tuple(
        head,
        payload.map((text) => `"payload":${text}`),
        id.map((text) => `"id":${text}`),
      )
      .chain((all) => fc.shuffledSubarray(all, { minLength: 2 })),
    rarely(fc.constant(''), ',"payload":{}', ',"id":8', ',"event":"call:offer"', ',"x":1'),
    rarely(fc.constant('}'), ' }', '}}', '', '} '),
  )
  .map(([parts, more, end]) => `{${parts.join(',')}${more}${end}`);

describe('quickDecode', () => {
  it('sees in no message anything but what parsing it and the schema do', () => {
    const accepted = new Map<string, number>();
    fc.assert(
      fc.property(message, fc.constantFrom(undefined, LIKELY, OTHER), (text, likely) => {
        const read = quickDecode(lend(Buffer.from(text)), likely);
        if (read === undefined) return;
        accepted.set(read.event, (accepted.get(read.event) ?? 0) + 1);
        expect(comparable(read)).toEqual(plainDecode(text));
        if (!isCallMessage(read)) return;
        expect(read.userId).toBeUndefined();
        expect(text).toContain(`"payload":{${textOf(read.rest)}`);
        expect(JSON.parse(text).payload).not.toHaveProperty('userId');
      }),
      { numRuns: 20_000 },
    );
    for (const event of ['call:offer', 'call:answer', 'call:ice', 'session:ack']) {
      expect(accepted.get(event), `the property was about ${event}`).toBeGreaterThan(50);
    }
  });

  const candidate =
    '{"candidate":"candidate:1 1 udp 1 10.0.0.1 9 typ host","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"Ab+/"}';
  const SENT: [what: string, event: string, members: string][] = [
    ['an offer as text', 'call:offer', `"sdp":"v=0\\r\\n"`],
    [
      'an offer of the SDK',
      'call:offer',
      `"sdp":{"type":"offer","sdp":"v=0\\r\\n"},"connection":{"from":"a"},"tracks":[]`,
    ],
    ['an answer', 'call:answer', `"sdp":{"type":"answer","sdp":"v=0\\r\\n"}`],
    ['one candidate as a browser writes it', 'call:ice', `"candidate":${candidate}`],
    ['one candidate as text', 'call:ice', `"candidate":"candidate:1"`],
    ['the last candidate', 'call:ice', `"candidate":null`],
    ['a batch of candidates', 'call:ice', `"candidates":[${candidate},${candidate},null]`],
    ['an empty batch', 'call:ice', `"candidates":[]`],
  ];

  it.each(SENT)('reads %s, whatever the order of the fields', (_, event, own) => {
    for (const rest of [`"to":"${PEER}",${own}}`, `${own},"to":"${PEER}"}`]) {
      for (const text of [
        `{"event":"${event}","id":7,"payload":{${rest}}`,
        `{"id":7,"event":"${event}","payload":{${rest}}`,
        `{"event":"${event}","payload":{${rest},"id":7}`,
        `{"payload":{${rest},"id":7,"event":"${event}"}`,
      ]) {
        const read = quickDecode(lend(Buffer.from(text)), LIKELY);
        expect(read).toMatchObject({ event, id: 7, to: PEER });
        expect(read && isCallMessage(read) && textOf(read.rest)).toBe(rest);
      }
    }
    const toCounterpart = quickDecode(lend(Buffer.from(`{"event":"${event}","payload":{${own}}}`)));
    expect(toCounterpart).toMatchObject({ id: undefined, to: undefined });
  });

  it('[SE7] reads a receipt', () => {
    const read = quickDecode(lend(Buffer.from('{"event":"session:ack","payload":{"seq":40}}')));
    expect(read).toEqual({ event: 'session:ack', id: undefined, payload: { seq: 40 } });
  });

  it('leaves more candidates than a batch may have to the schema', () => {
    const batch = (count: number): Buffer =>
      Buffer.from(`{"event":"call:ice","payload":{"candidates":[${Array(count).fill('"c"').join(',')}]}}`);
    expect(quickDecode(lend(batch(CANDIDATES)))).toBeDefined();
    expect(quickDecode(lend(batch(CANDIDATES + 1)))).toBeUndefined();
    expect(decode(lend(batch(CANDIDATES + 1)))).toMatchObject({ code: 'invalid_message' });
  });

  it('[WS3] leaves a receipt of more than 8 KiB to be refused', () => {
    const receipt = (bytes: number): Buffer => {
      const empty = '{"event":"session:ack","payload":{"seq":1,"x":""}}';
      return Buffer.from(empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`));
    };
    expect(quickDecode(lend(receipt(8_192)))).toBeDefined();
    expect(quickDecode(lend(receipt(8_193)))).toBeUndefined();
    expect(decode(lend(receipt(8_193)))).toMatchObject({ code: 'too_large' });
  });

  it.each([
    ['call:ice', '"candidate":', '{"a":', '}', 3],
    ['call:ice', '"candidates":[', '{"a":', '}]', 4],
    ['call:offer', '"sdp":', '{"a":', '}', 3],
  ])(
    '[WS3] leaves a %s with %s that is nested deeper than 64 to others',
    (event, before, open, close, own) => {
      // The message and its payload are two levels.
      const nested = (levels: number): Buffer => {
        const inner = `${open}${'['.repeat(levels - own)}${']'.repeat(levels - own)}${close}`;
        return Buffer.from(`{"event":"${event}","payload":{"to":"${PEER}",${before}${inner}}}`);
      };
      expect(quickDecode(lend(nested(64)))).toBeDefined();
      expect(quickDecode(lend(nested(65)))).toBeUndefined();
      expect(decode(lend(nested(64)))).not.toHaveProperty('problem');
      expect(decode(lend(nested(65)))).toHaveProperty('problem');
    },
  );

  it('leaves what is longer than a message may be by default to the schema', () => {
    const offer = (characters: number): Buffer => {
      const empty = `{"event":"call:offer","payload":{"to":"${PEER}","sdp":""}}`;
      return Buffer.from(empty.replace('""', `"${'x'.repeat(characters - empty.length)}"`));
    };
    expect(quickDecode(lend(offer(65_536)))).toBeDefined();
    expect(quickDecode(lend(offer(65_537)))).toBeUndefined();
    expect(decode(lend(offer(65_537)))).toMatchObject({ to: PEER });
  });
});
