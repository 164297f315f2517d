import { describe, expect, it } from 'vitest';
import { SENTENCE } from '../support/server/sentence.ts';
import { codeOf, type Person, type Stage, startStage } from './stage.ts';

/** A rude client, and two others who must not notice. */
async function cast(stage: Stage): Promise<{ rude: Person; ann: Person; ben: Person }> {
  const roomId = await stage.room();
  const [ann, ben, rude] = [
    await (await stage.guest()).inside(roomId),
    await (await stage.guest()).inside(roomId),
    await (await stage.guest()).inside(roomId),
  ];
  await ann.next('peer:joined', ({ payload }) => JSON.stringify(payload).includes(rude.peerId));
  return { rude, ann, ben };
}

async function unharmed({ ann, ben }: { ann: Person; ben: Person }): Promise<void> {
  await ann.request('call:offer', { to: ben.peerId, sdp: 'still here' });
  expect((await ben.next('call:offer')).payload).toMatchObject({ sdp: 'still here', from: ann.peerId });
}

describe('bad input gets a clear error and harms nobody else:', () => {
  const refused: readonly (readonly [what: string, text: string, code: string])[] = [
    ['not JSON', 'hello', 'invalid_message'],
    ['half of JSON', '{"event":"ping"', 'invalid_message'],
    ['nothing at all', '', 'invalid_message'],
    ['NUL', '\0', 'invalid_message'],
    ['a list', '[{"event":"ping"}]', 'invalid_message'],
    ['a text', '"ping"', 'invalid_message'],
    ['null', 'null', 'invalid_message'],
    ['deep lists', '['.repeat(30_000) + ']'.repeat(30_000), 'invalid_message'],
    ['deep lists that end nowhere', '['.repeat(60_000), 'invalid_message'],
    [
      'deep objects in a payload',
      `{"event":"typing","payload":${'{"typing":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
      'invalid_message',
    ],
    ['no event', '{"payload":{}}', 'invalid_message'],
    ['an event that is not text', '{"event":{"toString":1}}', 'invalid_message'],
    ['an unknown event', '{"event":"room:burn","payload":{}}', 'unknown_event'],
    ['__proto__ as event', '{"event":"__proto__","payload":{}}', 'unknown_event'],
    ['constructor as event', '{"event":"constructor"}', 'unknown_event'],
    ["a server's event", '{"event":"peer:left","payload":{}}', 'unknown_event'],
    [
      'an offer without sdp',
      '{"event":"call:offer","payload":{"to":"11111111-1111-4111-8111-111111111111"}}',
      'invalid_message',
    ],
    ['call:ice without a candidate', '{"event":"call:ice","payload":{}}', 'invalid_message'],
    ['a list as payload', '{"event":"call:hangup","payload":[]}', 'invalid_message'],
    ['an unknown hangup reason', '{"event":"call:hangup","payload":{"reason":"rude"}}', 'invalid_message'],
    [
      'media that is not boolean',
      '{"event":"media:state","payload":{"audio":1,"video":0,"screen":0}}',
      'invalid_message',
    ],
    ['__proto__ as to', '{"event":"call:offer","payload":{"to":"__proto__","sdp":"v=0"}}', 'invalid_message'],
    [
      '__proto__ as userId',
      '{"event":"call:offer","payload":{"userId":"__proto__","sdp":"v=0"}}',
      'peer_gone',
    ],
    [
      'an ack of a number that was not sent yet',
      '{"event":"session:ack","payload":{"seq":4000}}',
      'invalid_message',
    ],
    ['an ack of a negative number', '{"event":"session:ack","payload":{"seq":-1}}', 'invalid_message'],
    ['an id above the largest safe integer', '{"event":"ping","id":9007199254740993}', 'invalid_message'],
    ['an id below 1', '{"event":"ping","id":0}', 'invalid_message'],
  ];
  it.each(refused)('[WS6] %s', async (_, text, code) => {
    const stage = await startStage();
    const { rude, ...others } = await cast(stage);
    rude.sendText(text);
    const answer = await rude.next('error');
    expect(codeOf(answer)).toBe(code);
    expect(answer.payload.message).toMatch(SENTENCE);
    expect(answer.payload.message).not.toMatch(/\bat .*\.[jt]s\b|node:|RangeError|TypeError/);
    await rude.settled();
    await unharmed(others);
  });

  it('[WS6] `__proto__` as a key of a payload changes nothing and is relayed unchanged', async () => {
    const stage = await startStage();
    const { rude, ann, ben } = await cast(stage);
    const payload = `{"to":"${ann.peerId}","sdp":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1,"to":"${ben.peerId}"},"constructor":{"prototype":{"polluted":1}}}`;
    rude.sendText(`{"event":"call:offer","payload":${payload}}`);
    await ann.next('call:offer');
    expect(ann.texts.at(-1)).toContain('"sdp":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1');
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    rude.sendText('{"__proto__":{"event":"ping"},"id":9}');
    expect(codeOf(await rude.next('error'))).toBe('invalid_message');
    await ben.settled();
    expect(ben.events()).not.toContain('call:offer');
  });

  it('[WS3] a message of exactly 64 KiB is accepted, one byte more closes with 1009, in any alphabet', async () => {
    const stage = await startStage();
    const { rude, ...others } = await cast(stage);
    const frame = (bytes: number): string => {
      const message = (sdp: string) =>
        JSON.stringify({ event: 'call:answer', payload: { to: others.ann.peerId, sdp } });
      return message(`ё${'x'.repeat(bytes - Buffer.byteLength(message('ё')))}`);
    };
    rude.sendText(frame(65_536));
    await others.ann.next('call:answer');
    rude.sendText(frame(65_537));
    expect((await rude.closed).code).toBe(1009);
    await unharmed(others);
  });

  it('[WS3] a message of megabytes ends the connection before all of it is in memory', async () => {
    const stage = await startStage();
    const { rude, ...others } = await cast(stage);
    rude.sendText('x'.repeat(4_000_000));
    expect([1006, 1009]).toContain((await rude.closed).code);
    await unharmed(others);
  });

  it('[WS3] a fragmented message is counted as a whole', async () => {
    const stage = await startStage();
    const { rude, ...others } = await cast(stage);
    for (let part = 0; part < 70; part += 1) rude.socket.send('x'.repeat(1_024), { fin: false });
    rude.socket.send('', { fin: true });
    expect([1006, 1009]).toContain((await rude.closed).code);
    await unharmed(others);
  });

  it('[WS6] a binary frame, even an empty one, closes with 1003', async () => {
    const stage = await startStage();
    const { rude, ...others } = await cast(stage);
    rude.socket.send(Buffer.alloc(0));
    expect((await rude.closed).code).toBe(1003);
    await unharmed(others);
  });

  it('[WS6] text that is not UTF-8 ends the connection', async () => {
    const stage = await startStage();
    const { rude, ...others } = await cast(stage);
    rude.socket.send(Buffer.from([0xff, 0xfe, 0x22]), { binary: false });
    expect([1006, 1007]).toContain((await rude.closed).code);
    await unharmed(others);
  });

  it('[WS6] ten bad messages close with 4000, and the peer leaves the room at once', async () => {
    const stage = await startStage();
    const { rude, ann, ben } = await cast(stage);
    for (let bad = 0; bad < 12; bad += 1) rude.sendText('?');
    expect(await rude.closed).toEqual({ code: 4000, reason: 'protocol_error' });
    expect((await ann.next('peer:left')).payload).toEqual({ peerId: rude.peerId, reason: 'left' });
    const back = rude.resume();
    expect((await back.welcome).payload.resumed).toBe(false);
    await unharmed({ ann, ben });
  });
});
