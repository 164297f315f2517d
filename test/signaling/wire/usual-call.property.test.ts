import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../../src/domain/ids.ts';
import { clientEvents } from '../../../src/protocol/events.ts';
import { callMessage } from '../../../src/signaling/wire/call-message.ts';
import { readFrame } from '../../../src/signaling/wire/decode.ts';
import { readUsualCall } from '../../../src/signaling/wire/usual-call.ts';

const PEER = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
/** Whom the sender has a call with, as the server knows them. */
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
  ),
);
const usually = (value: fc.Arbitrary<string>) => fc.oneof({ weight: 8, arbitrary: value }, odd);
const sdp = fc
  .oneof(fc.string(), fc.record({ type: fc.string(), sdp: fc.string() }))
  .map((value) => JSON.stringify(value));
const to = fc.constant(['"to"', `"${PEER}"`] as const);
const member = fc.oneof(
  { weight: 4, arbitrary: to },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('"sdp"', '"candidate"'), usually(sdp)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('"tracks"', '"__proto__"', '"t"', '""', '"connection"'), odd),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(
        '"to"',
        '"sdp"',
        '"candidate"',
        '"candidates"',
        '"\\u0074o"',
        '"userId"',
        '"from"',
        '"fromUserId"',
        '"to" ',
        ' "sdp"',
        '"from\\u0055serId"',
      ),
      usually(sdp),
    ),
  },
);
const members = fc.oneof(
  fc.array(member, { maxLength: 4 }),
  fc
    .tuple(to, fc.tuple(fc.constantFrom('"sdp"', '"candidate"'), sdp), member)
    .chain((some) => fc.shuffledSubarray(some, { minLength: 2, maxLength: 3 })),
);
const payload = fc
  .tuple(members, fc.constantFrom(',', ',', ',', ', ', ''))
  .map(([some, comma]) => `{${some.map(([name, value]) => `${name}:${value}`).join(comma)}}`);
const rarely = (usual: fc.Arbitrary<string>, ...unusual: string[]) =>
  fc.oneof({ weight: 4, arbitrary: usual }, fc.constantFrom(...unusual));
const message = fc
  .tuple(
    rarely(fc.constantFrom('call:offer', 'call:answer', 'call:ice'), 'call:hangup', 'ping'),
    rarely(
      fc.constantFrom('', '"id":1,', '"id":999999999999999,'),
      ...['9007199254740993', '0', '01', ' 1', '1.0', '-1', 'null', '"1"'].map((id) => `"id":${id},`),
    ),
    payload,
    rarely(fc.constant(''), ' ', '}', ',"payload":{}'),
  )
  .map(([event, id, body, end]) => `{"event":"${event}",${id}"payload":${body}${end}}`);

describe('readUsualCall', () => {
  it('sees in no message anything but what parsing it and the schema do', () => {
    const usual = new Map<string, number>();
    fc.assert(
      fc.property(message, fc.constantFrom(undefined, LIKELY, OTHER), (text, likely) => {
        const read = readUsualCall(Buffer.from(text), likely);
        if (read === undefined) return;
        const { event, id, payload: body } = JSON.parse(text);
        expect(read.call.event).toBe(event);
        usual.set(event, (usual.get(event) ?? 0) + 1);
        expect(read.id).toBe(id);
        const parsed = v.parse(clientEvents[read.call.event], body);
        expect(Object.keys(parsed).filter((name) => ['userId', 'from', 'fromUserId'].includes(name))).toEqual(
          [],
        );
        const bodyText = text.slice(text.indexOf('"payload":') + 10, -1);
        const expected = callMessage(read.call.event, parsed, Buffer.from(bodyText));
        expect(read.call).toMatchObject({ to: expected.to, userId: undefined });
        expect(Buffer.from(read.call.rest).toString()).toBe(Buffer.from(expected.rest).toString());
      }),
      { numRuns: 10_000 },
    );
    for (const event of ['call:offer', 'call:answer', 'call:ice']) {
      expect(usual.get(event), 'the property was about something').toBeGreaterThan(50);
    }
  });

  it.each([
    ['text', '"v=0\\r\\n"'],
    ['an object', '{"type":"offer","sdp":"v=0\\r\\n"}'],
  ])('reads what the SDK writes, the description being %s', (_, description) => {
    const rest = `"to":"${PEER}","sdp":${description},"connection":{"from":"a","to":"b","offer":1},"tracks":[]}`;
    const read = readUsualCall(Buffer.from(`{"event":"call:offer","id":7,"payload":{${rest}}`));
    expect(read).toMatchObject({ id: 7, call: { event: 'call:offer', to: PEER } });
    expect(Buffer.from(read?.call.rest ?? '').toString()).toBe(rest);
  });

  it.each([
    ['what a browser makes', '{"candidate":"candidate:1 1 udp 1 10.0.0.1 9 typ host","sdpMid":"0"}'],
    ['text', '"candidate:1"'],
    ['the last one', 'null'],
  ])('reads a candidate, being %s', (_, candidate) => {
    const rest = `"to":"${PEER}","candidate":${candidate}}`;
    const read = readUsualCall(Buffer.from(`{"event":"call:ice","id":8,"payload":{${rest}}`), LIKELY);
    expect(read).toMatchObject({ id: 8, call: { event: 'call:ice', to: PEER } });
    expect(Buffer.from(read?.call.rest ?? '').toString()).toBe(rest);
  });

  it.each(['call:ice', 'call:offer'])(
    '[WS3] leaves a %s that is nested deeper than 64 to others',
    (event) => {
      const member = event === 'call:ice' ? 'candidate' : 'sdp';
      // The message and its payload are two levels.
      const message = (levels: number): Buffer => {
        const inner = `{"a":${'['.repeat(levels - 3)}${']'.repeat(levels - 3)}}`;
        return Buffer.from(`{"event":"${event}","payload":{"to":"${PEER}","${member}":${inner}}}`);
      };
      expect(readUsualCall(message(64))).toBeDefined();
      expect(readUsualCall(message(65))).toBeUndefined();
      expect(readFrame(message(64))).not.toHaveProperty('problem');
      expect(readFrame(message(65))).toHaveProperty('problem');
    },
  );

  it('leaves what is longer than a message may be by default to the schema', () => {
    const message = (characters: number): Buffer => {
      const empty = `{"event":"call:offer","payload":{"to":"${PEER}","sdp":""}}`;
      return Buffer.from(empty.replace('""', `"${'x'.repeat(characters - empty.length)}"`));
    };
    expect(readUsualCall(message(65_536))).toBeDefined();
    expect(readUsualCall(message(65_537))).toBeUndefined();
  });
});
