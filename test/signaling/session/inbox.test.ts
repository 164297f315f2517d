import { afterEach, describe, expect, it, vi } from 'vitest';
import { LIMIT_DEFAULTS } from '../../../src/protocol/limits.ts';
import type { Admitted } from '../../../src/rooms/rooms.ts';
import { RATE_UNIT_BYTES } from '../../../src/signaling/life/rate-guard.ts';
import { PLAIN_MESSAGE_BYTES } from '../../../src/signaling/wire/client-message.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { type GatewayStage, startGateway, twoRooms } from '../../support/server/gateway.ts';
import { admitted, ROOM } from '../../support/server/hub.ts';
import type { RawClient } from '../../support/server/ws-client.ts';

let on: GatewayStage;

afterEach(() => {
  vi.restoreAllMocks();
  on.close();
});

/** A message of this many bytes. `nested`: one that is expensive to parse. */
function message(event: string, bytes: number, id?: number, nested = false): string {
  const head = `{"event":"${event}",${id === undefined ? '' : `"id":${id},`}"payload":{"x":`;
  const room = bytes - head.length - 2;
  const inner = nested
    ? '['.repeat(room / 2) + ']'.repeat(room - Math.floor(room / 2))
    : `"${'x'.repeat(room - 2)}"`;
  return `${head}${inner}}}`;
}

/** Returns the length of the longest text that was parsed since. */
function watchParsing(): () => number {
  const spy = vi.spyOn(JSON, 'parse');
  return () => Math.max(0, ...spy.mock.calls.map(([text]) => text.length));
}

async function answerTo(client: RawClient, id: number): Promise<[string, unknown]> {
  const { event, payload } = await client.nextFrame(({ re }) => re === id, `the answer to ${id}`);
  return [
    event,
    event === 'error' && payload instanceof Object && 'code' in payload ? payload.code : undefined,
  ];
}

describe('what a message costs', () => {
  it('[WS3] is one unit and one more per 4 KiB, whatever it is, and whether it is refused or not', async () => {
    const clock = new FakeClock();
    on = await startGateway({ clock, limits: { messageBurst: 40, messagesPerSecond: 1 } });
    const ann = on.dial('ann');
    await ann.welcome;
    // 17 units each. The first is refused as too large. The second repeats its id and gets no answer. Six units are left.
    ann.sendText(message('typing', 65_536, 1));
    expect(await answerTo(ann, 1)).toEqual(['error', 'too_large']);
    ann.sendText(message('call:hangup', 65_536, 1));
    for (let id = 2; id <= 7; id += 1) ann.send('ping', {}, id);
    ann.send('ping', {}, 8);
    expect(await answerTo(ann, 7)).toEqual(['pong', undefined]);
    expect(await answerTo(ann, 8)).toEqual(['error', 'rate_limited']);
    clock.advance(4_000);
    ann.sendText(message('typing', RATE_UNIT_BYTES * 2 - 1, 9));
    ann.sendText(message('typing', RATE_UNIT_BYTES * 2, 10));
    expect(await answerTo(ann, 9)).toEqual(['error', 'invalid_message']);
    expect(await answerTo(ann, 10)).toEqual(['error', 'rate_limited']);
  });

  it('[WS3] makes a flood by size as well as by number', async () => {
    const clock = new FakeClock();
    on = await startGateway({ clock, limits: { messageBurst: 17, messagesPerSecond: 10 } });
    const ann = on.dial('ann');
    await ann.welcome;
    // A flood is 10 × 10/s × 10 s = 1,000 units over the rate; each message is 17 units.
    for (let sent = 0; sent <= 59; sent += 1) ann.sendText(message('call:ice', 65_536));
    expect((await ann.closed).code).toBe(4103);
    expect(ann.frames.filter(({ event }) => event === 'error').length).toBeLessThanOrEqual(60);
  });

  it('[WS3] is charged before it is parsed: over the rate nothing but its id is looked for', async () => {
    on = await startGateway({ limits: { messageBurst: 17, messagesPerSecond: 1 } });
    const ann = on.dial('ann');
    await ann.welcome;
    ann.sendText(message('call:ice', 65_536, 1));
    expect((await answerTo(ann, 1))[0]).toBe('error');
    const longest = watchParsing();
    ann.sendText(message('call:ice', 60_000, 2));
    ann.sendText(`{"payload":{"sdp":"${'x'.repeat(50_000)}"},"event":"call:offer","id":3}`);
    ann.sendText(message('typing', 60_000, 4, true));
    for (const id of [2, 3, 4]) expect(await answerTo(ann, id)).toEqual(['error', 'rate_limited']);
    expect(longest()).toBeLessThan(1_000);
  });

  it('[WS3] is charged when it comes, if it has to wait for the answer to another', async () => {
    let open = (_: Admitted): void => {};
    const hashed = new Promise<Admitted>((resolve) => {
      open = resolve;
    });
    const clock = new FakeClock();
    on = await startGateway({
      clock,
      rooms: { admit: (asked) => (asked.password === undefined ? twoRooms.admit(asked) : hashed) },
      limits: { messageBurst: 20, messagesPerSecond: 1 },
    });
    const [ann, ben] = [on.dial('ann'), on.dial('ben')];
    await Promise.all([ann.welcome, ben.welcome]);
    const longest = watchParsing();
    ann.send('room:join', { roomId: ROOM, password: 'secret' }, 1);
    ann.send('ping', {}, 2);
    ann.sendText(message('call:ice', 65_536, 3));
    ann.sendText(message('call:ice', 65_536, 4));
    ann.send('ping', {}, 5);
    ann.send('ping', {}, 6);
    await ann.opened;
    await ben.settled();
    // Messages that came over the rate stay refused, even if the rate has recovered when they are answered.
    clock.advance(60_000);
    open(admitted());
    const answers: [number, string, unknown][] = [];
    for (let id = 1; id <= 6; id += 1) answers.push([id, ...(await answerTo(ann, id))]);
    expect(answers).toEqual([
      [1, 'room:joined', undefined],
      [2, 'pong', undefined],
      [3, 'error', 'invalid_message'],
      [4, 'error', 'rate_limited'],
      [5, 'pong', undefined],
      [6, 'error', 'rate_limited'],
    ]);
    expect(ann.frames.flatMap(({ re }) => re ?? [])).toEqual([1, 2, 3, 4, 5, 6]);
    expect(longest()).toBeLessThanOrEqual(65_536);
  });
});

describe('a large message', () => {
  it.each([
    ['typing', 'too_large'],
    ['room:join', 'too_large'],
    ['ping', 'too_large'],
    ['nonsense', 'too_large'],
    ['call:offer', 'invalid_message'],
    ['call:hangup', 'not_in_room'],
  ])('[WS3] of 8 KiB is read, and over it only where it is call:*: %s', async (event, code) => {
    on = await startGateway();
    const ann = on.dial('ann');
    await ann.welcome;
    const longest = watchParsing();
    ann.sendText(message(event, PLAIN_MESSAGE_BYTES, 1));
    expect((await answerTo(ann, 1))[1]).not.toBe('too_large');
    for (const [id, bytes] of [
      [2, PLAIN_MESSAGE_BYTES + 1],
      [3, 65_536],
    ] as const) {
      ann.sendText(message(event, bytes, id));
      expect(await answerTo(ann, id)).toEqual(['error', code]);
    }
    expect(longest() > PLAIN_MESSAGE_BYTES).toBe(event.startsWith('call:'));
    ann.send('ping', {}, 9);
    expect(await answerTo(ann, 9)).toEqual(['pong', undefined]);
  });

  it('[WS3] hides no other event behind its payload', async () => {
    on = await startGateway();
    const ann = on.dial('ann');
    await ann.welcome;
    ann.sendText(`{"event":"call:ice","id":1,"payload":{"x":"${'x'.repeat(9_000)}"},"event":"ping"}`);
    expect(await answerTo(ann, 1)).toEqual(['error', 'too_large']);
    const members = '"x":1,'.repeat(100);
    ann.sendText(
      `{"event":"call:ice",${members}"id":2,"payload":{"x":"${'x'.repeat(9_000)}"},"event":"ping"}`,
    );
    expect(await answerTo(ann, 2)).toEqual(['error', 'too_large']);
  });

  it('[WS3] is refused when it is nested deeper than 64, before it is parsed', async () => {
    on = await startGateway();
    const ann = on.dial('ann');
    await ann.welcome;
    const longest = watchParsing();
    const nested = (levels: number, id: number) =>
      `{"id":${id},"event":"call:ice","payload":{"candidate":{"a":${'['.repeat(levels - 3)}${']'.repeat(levels - 3)}}}}`;
    ann.sendText(nested(64, 1));
    expect(await answerTo(ann, 1)).toEqual(['error', 'not_in_room']);
    ann.sendText(nested(65, 2));
    ann.sendText(nested(30_000, 3));
    ann.sendText(message('typing', 60_000, 4, true));
    for (const id of [2, 3, 4]) expect(await answerTo(ann, id)).toEqual(['error', 'invalid_message']);
    expect(longest()).toBeLessThan(1_000);
    expect(LIMIT_DEFAULTS.messageBytes).toBe(65_536);
  });
});
