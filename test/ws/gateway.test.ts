import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/domain/errors.ts';
import { createLog } from '../../src/lib/log.ts';
import { allowOrigins } from '../../src/lib/origins.ts';
import type { Admitted } from '../../src/rooms/rooms.ts';
import { WAITING_MESSAGES } from '../../src/signaling/session/inbox.ts';
import { ORIGIN_LINES_PER_MINUTE } from '../../src/ws/refused-origins.ts';
import { raw } from '../http/server/raw.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { identity } from '../support/server/accounts.ts';
import { accounts, type GatewayStage, startGateway } from '../support/server/gateway.ts';
import { admitted, OTHER_ROOM, ROOM } from '../support/server/hub.ts';
import { connectRaw, type RawClient } from '../support/server/ws-client.ts';

let stage: GatewayStage;

afterEach(() => stage.close());

describe('upgrade', () => {
  it('[WS1] takes the token from subprotocol, header or query, and selects parley.v1 alone', async () => {
    stage = await startGateway();
    const { wsUrl } = stage;
    const byProtocol = stage.dial('ann');
    const byHeader = connectRaw({ wsUrl, headers: { Authorization: 'Bearer ann' } });
    const byQuery = connectRaw({ wsUrl, path: '/ws?token=ann' });
    const byOtherQuery = connectRaw({ wsUrl, path: '/ws?access_token=ann' });
    for (const client of [byProtocol, byHeader, byQuery, byOtherQuery]) {
      expect((await client.welcome).payload.user.id).toBe('ann');
    }
    expect(byProtocol.socket.protocol).toBe('parley.v1');
    expect(byQuery.socket.protocol).toBe('');
  });

  it('[WS1] prefers the subprotocol to the header, and the header to the query', async () => {
    stage = await startGateway();
    const { wsUrl } = stage;
    const headers = { Authorization: 'Bearer header' };
    const all = connectRaw({ wsUrl, token: 'protocol', headers, path: '/ws?token=query' });
    const two = connectRaw({ wsUrl, headers, path: '/ws?token=query&access_token=other' });
    const one = connectRaw({ wsUrl, path: '/ws?access_token=other&token=query' });
    expect((await all.welcome).payload.user.id).toBe('protocol');
    expect((await two.welcome).payload.user.id).toBe('header');
    expect((await one.welcome).payload.user.id).toBe('query');
  });

  it.each([
    ['no token', undefined],
    ['a bad token', 'bad'],
  ])('[WS2] accepts %s and closes with 4001', async (_, token) => {
    stage = await startGateway();
    const client = stage.dial(token);
    await client.opened;
    expect(await client.closed).toEqual({ code: 4001, reason: 'unauthorized' });
    expect(client.frames).toEqual([]);
  });

  it('[HT6] refuses pages of other origins, and accepts those on the list and clients without Origin', async () => {
    stage = await startGateway();
    const from = (origin: string) => stage.dial('ann', { headers: { Origin: origin } });
    await expect(from('https://evil.example').opened).rejects.toThrow('403');
    await expect(from('null').opened).rejects.toThrow('403');
    await from('https://allowed.example').opened;
    await from(stage.wsUrl.replace('ws:', 'http:')).opened;
  });

  it('[HT6] accepts pages of PUBLIC_URL even if a proxy drops Host, and no other page that Host names', async () => {
    const allowsOrigin = allowOrigins(['capacitor://localhost', 'null'], 'https://calls.example.org');
    stage = await startGateway({ allowsOrigin });
    const from = (origin: string) => stage.dial('ann', { headers: { Origin: origin } });
    for (const origin of ['https://calls.example.org', 'capacitor://localhost', 'null'])
      await from(origin).opened;
    await expect(from(stage.wsUrl.replace('ws:', 'http:')).opened).rejects.toThrow('403');
    await expect(from('http://calls.example.org').opened).rejects.toThrow('403');
    await expect(from('tauri://localhost').opened).rejects.toThrow('403');
  });

  it('[HT6] logs a refused upgrade once a minute per origin, and few origins a minute', async () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    const log = createLog({ level: 'warn', now: () => clock.now(), write: (line) => void lines.push(line) });
    stage = await startGateway({ clock, log });
    const knock = async (origin: string) => {
      const client = stage.dial('ann', { headers: { Origin: origin } });
      await expect(client.opened).rejects.toThrow('403');
    };
    for (let time = 0; time < 3; time += 1) await knock('https://evil.example');
    await knock('https://calls.example.org');
    expect(lines.map((line) => JSON.parse(line).origin)).toEqual([
      'https://evil.example',
      'https://calls.example.org',
    ]);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      level: 'warn',
      host: stage.wsUrl.replace('ws://', ''),
    });
    clock.advance(60_000);
    await knock('https://evil.example');
    expect(lines).toHaveLength(3);
    for (let one = 0; one < ORIGIN_LINES_PER_MINUTE + 10; one += 1) await knock(`https://${one}.example`);
    expect(lines).toHaveLength(2 + ORIGIN_LINES_PER_MINUTE);
  });

  it('[WS1] takes subprotocols in several header lines as one list', async () => {
    stage = await startGateway();
    const upgrade = [
      'GET /ws HTTP/1.1',
      'Host: 127.0.0.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: parley.v1',
      'Sec-WebSocket-Protocol: token.ann',
    ];
    const client = await raw(stage.port, `${upgrade.join('\r\n')}\r\n\r\n`);
    expect(await client.until(/"event":"welcome"/)).toMatch(
      /^HTTP\/1\.1 101 [\s\S]*\r\nSec-WebSocket-Protocol: parley\.v1\r\n/,
    );
    client.destroy();
  });

  it('[WS1] joins the room in the path at once', async () => {
    stage = await startGateway();
    const ann = stage.dial('ann', { path: `/ws/rooms/${ROOM}` });
    expect((await ann.next('room:joined')).payload.room.id).toBe(ROOM);
    const lost = stage.dial('ann', { path: '/ws/rooms/33333333-3333-4333-8333-333333333333' });
    expect((await lost.next('error')).payload.code).toBe('room_not_found');
    const odd = stage.dial('ann', { path: '/ws/rooms/__proto__' });
    expect((await odd.next('error')).payload.code).toBe('invalid_message');
  });

  it('welcomes a remembered token without verifying it again, and still refuses what the hub refuses', async () => {
    stage = await startGateway({
      accounts: {
        async verify() {
          throw new Error('asked again');
        },
        remembered(token) {
          if (token === 'ended')
            throw new ParleyError('unauthorized', 'This login has ended. Sign in again.');
          if (token === 'broken') throw new TypeError('secret detail');
          return identity(token, { expiresAt: Date.now() + 3_600_000 });
        },
      },
      limits: { sessionsPerUser: 1 },
    });
    const { wsUrl } = stage;
    const ann = connectRaw({ wsUrl, token: 'ann', path: `/ws/rooms/${ROOM}` });
    expect((await ann.next('room:joined')).payload.room.id).toBe(ROOM);
    const closes = ['ended', 'ann', 'broken'].map((token) => stage.dial(token).closed);
    expect((await Promise.all(closes)).map(({ code }) => code)).toEqual([4001, 4007, 1006]);
    ann.send('ping', {}, 1);
    await ann.next('pong', ({ re }) => re === 1);
  });

  it('[WS1] resumes by subprotocol and by query', async () => {
    stage = await startGateway();
    const ann = await stage.inside('ann');
    const { resumeToken: token, resumed } = (
      ann.frames[0] as { payload: { resumeToken: string; resumed: boolean } }
    ).payload;
    expect(resumed).toBe(false);
    ann.cut();
    const again = stage.dial('ann', { resume: { token, lastSeq: 2 } });
    const { payload } = await again.welcome;
    expect(payload).toMatchObject({ resumed: true, peerId: ann.peerId, lastId: 1 });
    again.cut();
    const third = connectRaw({
      wsUrl: stage.wsUrl,
      path: `/ws?token=ann&resume=${payload.resumeToken}&seq=2`,
    });
    expect((await third.welcome).payload).toMatchObject({ resumed: true, peerId: ann.peerId });
  });

  it.each(['/ws?token=ann&resume=TOKEN&seq=1.5', 'resume.TOKEN.1.5'])(
    '[SE4] reads what follows the resume token as one number or none: %s',
    async (pattern) => {
      stage = await startGateway();
      const ann = stage.dial('ann');
      const { resumeToken } = (await ann.welcome).payload;
      const filled = pattern.replace('TOKEN', resumeToken);
      const again = filled.startsWith('/')
        ? connectRaw({ wsUrl: stage.wsUrl, path: filled })
        : connectRaw({ wsUrl: stage.wsUrl, protocols: ['parley.v1', 'token.ann', filled] });
      expect((await again.welcome).payload.resumed).toBe(false);
      // [SE4] This ends the old session: it was named, and can't be resumed from there.
      expect((await ann.closed).code).toBe(4006);
      expect(stage.hub.stats()).toMatchObject({ live: 1, suspended: 0 });
    },
  );

  it('[SE8] is refused with 503 while draining', async () => {
    stage = await startGateway();
    const ann = stage.dial('ann');
    await ann.welcome;
    stage.gateway.drain();
    stage.hub.drain();
    expect((await ann.next('server:draining')).payload).toEqual({ reconnectAfterMs: 0 });
    await expect(stage.dial('ben').opened).rejects.toThrow('503');
    [...stage.hub.slices()].flat();
    expect(await ann.closed).toEqual({ code: 4100, reason: 'draining' });
  });

  it('leaves requests that are no upgrade to others', async () => {
    stage = await startGateway();
    const status = await new Promise((resolve) => {
      httpRequest({ port: stage.port, path: '/ws' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', () => resolve('closed'))
        .end();
    });
    expect(status).not.toBe(101);
  });
});

describe('messages', () => {
  it('[WS4] answers each id once: ack, error or a named reply', async () => {
    stage = await startGateway();
    const ann = stage.dial('ann');
    ann.send('room:leave', {}, 1);
    ann.send('ping', {}, 2);
    ann.send('room:join', { roomId: ROOM }, 3);
    ann.send('typing', { typing: true }, 4);
    ann.send('nonsense', {}, 5);
    ann.send('typing', { typing: true }, 4);
    ann.send('typing', { typing: 'yes' }, 6);
    ann.send('room:leave', undefined, 7);
    ann.send('ping');
    await ann.next('pong', ({ re }) => re === undefined);
    expect(ann.frames.slice(1).map(({ event, re }) => [event, re])).toEqual([
      ['error', 1],
      ['pong', 2],
      ['room:joined', 3],
      ['ack', 4],
      ['error', 5],
      ['error', 6],
      ['ack', 7],
      ['pong', undefined],
    ]);
  });

  it('[WS5] are numbered 1, 2, 3 over all that the server sends', async () => {
    stage = await startGateway();
    const ann = await stage.inside('ann');
    await ann.settled();
    await ann.settled();
    expect(ann.frames.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['not JSON', 'hello'],
    ['no object', '[1]'],
    ['deep JSON', '['.repeat(30_000)],
    ['an id of 0', '{"event":"ping","id":0}'],
    ['an id that is no number', '{"event":"ping","id":"1"}'],
    ['no event', '{"payload":{}}'],
    ['a missing field', '{"event":"room:join","payload":{}}'],
    ['an id that is no UUID', '{"event":"room:join","payload":{"roomId":"__proto__"}}'],
    ['a payload that is no object', '{"event":"ping","payload":7}'],
    ['an offer to nobody', '{"event":"call:offer","payload":{"sdp":"v=0"}}'],
    ['an ack of what was never sent', '{"event":"session:ack","payload":{"seq":99}}'],
    [
      'userInfo nested too deeply to be written',
      `{"event":"room:join","payload":{"roomId":"${ROOM}","userInfo":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    ],
  ])('[WS6] refuses %s with invalid_message and lives', async (_, text) => {
    stage = await startGateway();
    const ann = stage.dial('ann');
    await ann.welcome;
    ann.sendText(text);
    expect((await ann.next('error')).payload.code).toBe('invalid_message');
    await ann.settled();
  });

  it.each(['__proto__', 'constructor', 'toString', 'welcome'])('[WS6] knows no event %s', async (event) => {
    stage = await startGateway();
    const ann = stage.dial('ann');
    ann.send(event, {}, 1);
    expect(await ann.next('error')).toMatchObject({ re: 1, payload: { code: 'unknown_event' } });
  });

  it('[WS6] closes with 4000 at the tenth bad message within 10 s; its client stops, so the session is over', async () => {
    stage = await startGateway();
    const ben = await stage.inside('ben');
    const ann = await stage.inside('ann');
    for (let bad = 0; bad < 9; bad += 1) ann.sendText('?');
    await ann.settled();
    ann.sendText('?');
    expect(await ann.closed).toEqual({ code: 4000, reason: 'protocol_error' });
    expect(ann.events().filter((event) => event === 'error')).toHaveLength(10);
    expect((await ben.next('peer:left')).payload).toEqual({ peerId: ann.peerId, reason: 'left' });
    expect(stage.hub.stats()).toMatchObject({ live: 1, suspended: 0 });
  });

  it('[WS6] lives through nine bad messages in any 10 s', async () => {
    const clock = new FakeClock();
    stage = await startGateway({ clock });
    const ann = stage.dial('ann');
    await ann.welcome;
    for (let round = 0; round < 3; round += 1) {
      for (let bad = 0; bad < 9; bad += 1) ann.sendText('?');
      await ann.settled();
      clock.advance(10_000);
    }
    await ann.settled();
  });

  it('[WS6] counts bad messages for each connection: a resume starts at none', async () => {
    stage = await startGateway();
    let ann = stage.dial('ann');
    let { resumeToken: token } = (await ann.welcome).payload;
    for (let connection = 0; connection < 3; connection += 1) {
      for (let bad = 0; bad < 9; bad += 1) ann.sendText('?');
      await ann.settled();
      const { lastSeq } = ann;
      ann.cut();
      ann = stage.dial('ann', { resume: { token, lastSeq } });
      const { payload } = await ann.welcome;
      expect(payload.resumed).toBe(true);
      token = payload.resumeToken;
    }
    await ann.settled();
  });

  it('[WS3][WS6] closes on binary frames with 1003 and on more than 64 KiB with 1009', async () => {
    stage = await startGateway();
    const ann = stage.dial('ann');
    await ann.welcome;
    ann.socket.send(Buffer.from('{"event":"ping"}'));
    expect((await ann.closed).code).toBe(1003);

    const ben = stage.dial('ben');
    await ben.welcome;
    const empty = JSON.stringify({ event: 'call:ice', payload: { candidate: '' } });
    const candidate = (bytes: number) => empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
    ben.sendText(candidate(65_536));
    expect((await ben.next('error')).payload.code).toBe('not_in_room');
    ben.sendText(candidate(65_537));
    expect((await ben.closed).code).toBe(1009);
  });

  it('wait in order while a password is being hashed, and are bounded', async () => {
    let open = (_: Admitted): void => {};
    const hashed = new Promise<Admitted>((resolve) => {
      open = resolve;
    });
    stage = await startGateway({ rooms: { admit: () => hashed } });
    const [ann, ben] = [stage.dial('ann'), stage.dial('ben')];
    await Promise.all([ann.welcome, ben.welcome]);
    ann.send('room:join', { roomId: ROOM, password: 'secret' }, 1);
    ann.send('typing', { typing: true }, 2);
    ann.send('session:ack', { seq: 1 }, 3);
    ben.send('room:join', { roomId: ROOM, password: 'secret' });
    for (let more = 0; more <= WAITING_MESSAGES; more += 1) ben.send('ping');
    expect((await ben.closed).code).toBe(4103);
    expect(ben.events()).toEqual(['welcome', 'error']);
    expect(ann.events()).toEqual(['welcome']);
    open(admitted());
    await ann.next('ack', ({ re }) => re === 3);
    expect(
      ann.frames
        .slice(1)
        .map(({ event, re }) => [event, re])
        .filter(([, re]) => re !== undefined),
    ).toEqual([
      ['room:joined', 1],
      ['ack', 2],
      ['ack', 3],
    ]);
  });

  it('[WS4] that wait on a lost socket are sent again on the next, and count once', async () => {
    let open = (_: Admitted): void => {};
    const hashed = new Promise<Admitted>((resolve) => {
      open = resolve;
    });
    stage = await startGateway({ rooms: { admit: () => hashed } });
    const ann = stage.dial('ann');
    const { resumeToken: token } = (await ann.welcome).payload;
    ann.send('room:join', { roomId: ROOM, password: 'secret' }, 1);
    ann.send('typing', { typing: true }, 2);
    const ben = stage.dial('ben');
    await ben.welcome;
    ann.cut();
    const again = stage.dial('ann', { resume: { token, lastSeq: 1 } });
    expect((await again.welcome).payload).toMatchObject({ resumed: true, lastId: 0 });
    again.send('room:join', { roomId: ROOM, password: 'secret' }, 1);
    again.send('typing', { typing: true }, 2);
    open(admitted());
    await again.next('ack', ({ re }) => re === 2);
    expect(again.events()).toEqual(['welcome', 'room:joined', 'ack']);
  });

  it('before the token is verified wait in order', async () => {
    let verified = (): void => {};
    const slow = new Promise<void>((resolve) => {
      verified = resolve;
    });
    stage = await startGateway({
      accounts: { ...accounts, verify: (token) => slow.then(() => accounts.verify(token)) },
    });
    const [ann, flood] = [stage.dial('ann'), stage.dial('flood')];
    await Promise.all([ann.opened, flood.opened]);
    ann.send('room:join', { roomId: ROOM }, 1);
    ann.send('typing', { typing: true }, 2);
    for (let more = 0; more < 65; more += 1) flood.send('ping');
    expect((await flood.closed).code).toBe(4103);
    verified();
    await ann.next('ack', ({ re }) => re === 2);
    expect(ann.events()).toEqual(['welcome', 'room:joined', 'ack']);
  });

  it('that make the server fail are answered with internal, and the session continues', async () => {
    stage = await startGateway({
      rooms: {
        admit: () => {
          throw new TypeError('secret detail');
        },
      },
    });
    const ann = stage.dial('ann');
    ann.send('room:join', { roomId: ROOM }, 1);
    const { payload, re } = await ann.next('error');
    expect([payload.code, re]).toEqual(['internal', 1]);
    expect(payload.message).not.toContain('secret');
    await ann.request('ping');
  });
});

describe('rate', () => {
  it('over the burst is refused with rate_limited and when to come back; the id is used up', async () => {
    stage = await startGateway({ limits: { messagesPerSecond: 1, messageBurst: 3 } });
    const ann = stage.dial('ann');
    for (let id = 1; id <= 4; id += 1) ann.send('ping', {}, id);
    const { payload, re } = await ann.next('error');
    expect([payload.code, re]).toEqual(['rate_limited', 4]);
    expect(payload.retryAfterMs).toBeGreaterThan(0);
    expect(payload.retryAfterMs).toBeLessThanOrEqual(1_000);
    expect(ann.events()).toEqual(['welcome', 'pong', 'pong', 'pong', 'error']);
  });
});

describe('time', () => {
  it('over the rate for 10 s closes with 4103; the session waits to be resumed', async () => {
    const clock = new FakeClock();
    stage = await startGateway({ clock, limits: { messagesPerSecond: 10, messageBurst: 10 } });
    const ann = stage.dial('ann');
    await ann.welcome;
    const closed = ann.closed.then(() => 'closed' as const);
    let steps = 0;
    for (let last = ''; last !== 'closed'; steps += 1) {
      // Twice the rate.
      const answered = Promise.all([ann.request('ping'), ann.request('ping')]).then(
        () => 'answered' as const,
      );
      answered.catch(() => {});
      last = await Promise.race([closed, answered]);
      clock.advance(100);
    }
    // At twice the rate, the burst lasts for 1 s; the 10 s begin then.
    expect(steps).toBeGreaterThanOrEqual(108);
    expect(steps).toBeLessThanOrEqual(112);
    expect(await ann.closed).toEqual({ code: 4103, reason: 'rate_limited' });
    expect(stage.hub.stats()).toMatchObject({ live: 0, suspended: 1 });
  });

  it('for a connection to have its token verified is 10 s', async () => {
    const clock = new FakeClock();
    stage = await startGateway({ clock, accounts: { ...accounts, verify: () => new Promise(() => {}) } });
    const ann = stage.dial('ann');
    await ann.opened;
    clock.advance(9_000);
    expect(stage.gateway.stats().connections).toBe(1);
    clock.advance(2_000);
    expect(await ann.closed).toEqual({ code: 4001, reason: 'unauthorized' });
    expect(stage.gateway.stats().connections).toBe(0);
  });

  it('brings each connection one ping per heartbeat', async () => {
    const clock = new FakeClock();
    stage = await startGateway({ clock });
    const clients = ['ann', 'ben', 'cat'].map((name) => stage.dial(name));
    await Promise.all(clients.map((client) => client.welcome));
    const pings = clients.map(({ socket }) => new Promise((resolve) => socket.once('ping', resolve)));
    clock.advance(26_000);
    await Promise.all(pings);
  });
});

describe('ends', () => {
  it('[SE2] with 1000 and 1001 end the session, any other suspends it', async () => {
    stage = await startGateway();
    const ben = await stage.inside('ben');
    const close = async (end: (client: RawClient) => void, news: 'peer:left' | 'peer:suspended') => {
      const ann = await stage.inside('ann');
      end(ann);
      const { payload } = await ben.next(news, ({ payload }) => JSON.stringify(payload).includes(ann.peerId));
      return payload;
    };
    expect(await close((ann) => ann.socket.close(1000), 'peer:left')).toMatchObject({ reason: 'hangup' });
    expect(await close((ann) => ann.socket.close(1001), 'peer:left')).toMatchObject({ reason: 'hangup' });
    await close((ann) => ann.socket.close(), 'peer:suspended');
    await close((ann) => ann.socket.close(4321), 'peer:suspended');
    await close((ann) => ann.cut(), 'peer:suspended');
  });

  it('[SE6] with session:bye answer it first', async () => {
    stage = await startGateway();
    const ann = stage.dial('ann');
    await ann.welcome;
    ann.send('session:bye', {}, 1);
    expect(await ann.closed).toEqual({ code: 1000, reason: '' });
    expect(ann.events()).toEqual(['welcome', 'ack']);
  });

  it('[SE5] with 4006 if the session is resumed elsewhere', async () => {
    stage = await startGateway();
    const ann = stage.dial('ann');
    const { resumeToken: token } = (await ann.welcome).payload;
    const again = stage.dial('ann', { resume: { token, lastSeq: 1 } });
    expect(await ann.closed).toEqual({ code: 4006, reason: 'replaced' });
    expect((await again.welcome).payload.resumed).toBe(true);
    await again.settled();
  });

  it('with 4007 over the sessions of a user', async () => {
    stage = await startGateway({ limits: { sessionsPerUser: 1 } });
    const ann = stage.dial('ann');
    await ann.welcome;
    expect(await stage.dial('ann').closed).toEqual({ code: 4007, reason: 'too_many_sessions' });
    await ann.settled();
  });

  it('with 4102 if no frame or pong comes for two heartbeats, and not if pongs come', async () => {
    stage = await startGateway({ limits: { heartbeatMs: 150 } });
    const quiet = stage.dial('quiet');
    await quiet.welcome;
    const dead = connectRaw({ wsUrl: stage.wsUrl, token: 'dead' });
    await dead.welcome;
    // Otherwise `ws` answers pings by itself.
    dead.socket.removeAllListeners('ping');
    Object.assign(dead.socket, { pong() {} });
    expect([1006, 4102]).toContain((await dead.closed).code);
    await quiet.settled();
  });

  it('with 4101 or 1006 if 1 MiB waits to be read; the session resumes with nothing lost', async () => {
    stage = await startGateway({
      limits: { backpressureBytes: 65_536, keptBytes: 32_000_000, keptMessages: 4_000, messageBurst: 10_000 },
    });
    const [ann, ben] = [await stage.inside('ann'), await stage.inside('ben')];
    await ann.settled();
    const seqBefore = ann.lastSeq;
    const { resumeToken: token } = (ann.frames[0] as { payload: { resumeToken: string } }).payload;
    ann.socket.pause();
    const sdp = 'x'.repeat(60_000);
    let sent = 0;
    const suspended = ben.next('peer:suspended');
    const isOver = suspended.then(() => true);
    while (
      !(await Promise.race([
        isOver,
        ben.request('call:offer', { to: ann.peerId, sdp, n: sent }).then(() => false),
      ]))
    ) {
      sent += 1;
    }
    await ben.settled();
    // More is kept than a connection may have waiting, so it takes several resumes to get all of it.
    const numbers: unknown[] = [];
    let resume = { token, lastSeq: seqBefore };
    for (let over = false; !over; ) {
      const again = stage.dial('ann', { resume });
      const { payload } = await again.welcome;
      expect(payload.resumed).toBe(true);
      over = await Promise.race([again.closed.then(() => false), again.settled().then(() => true)]);
      const offers = again.frames.filter(({ event }) => event === 'call:offer');
      numbers.push(...offers.map((offer) => (offer.payload as { n: number }).n));
      resume = { token: payload.resumeToken, lastSeq: Math.max(again.lastSeq, resume.lastSeq) };
    }
    expect(numbers.length).toBeGreaterThanOrEqual(sent);
    expect(numbers).toEqual(numbers.map((_, place) => place));
  });
});

describe('rooms and strangers', () => {
  it('[RM4] nothing reaches a peer of another room, and nothing leaks', async () => {
    stage = await startGateway();
    const ann = await stage.inside('ann');
    const zoe = stage.dial('zoe', { path: `/ws/rooms/${OTHER_ROOM}` });
    await zoe.next('room:joined');
    const { payload } = await zoe.request('call:offer', { to: ann.peerId, sdp: 'v=0' });
    expect(payload).toMatchObject({ code: 'peer_gone' });
    const unknown = await zoe.request('call:offer', {
      to: '99999999-9999-4999-8999-999999999999',
      sdp: 'v=0',
    });
    expect(unknown.payload).toEqual(payload);
    await ann.settled();
    expect(ann.events()).toEqual(['welcome', 'room:joined', 'pong']);
  });

  it('a thousand joins and leaves leave nothing behind', async () => {
    stage = await startGateway({ limits: { messageBurst: 10_000 } });
    const ann = stage.dial('ann');
    await ann.welcome;
    for (let round = 0; round < 1_000; round += 1) {
      ann.send('room:join', { roomId: ROOM });
      ann.send('room:leave');
    }
    await ann.settled();
    expect(stage.hub.stats()).toMatchObject({ live: 1, rooms: 0 });
    expect(ann.events().filter((event) => event === 'room:joined')).toHaveLength(1_000);
    expect(ann.events()).not.toContain('error');
  });

  it('[RM1] two tabs of one user are two peers', async () => {
    stage = await startGateway();
    const [first, second] = [await stage.inside('ann'), await stage.inside('ann')];
    expect(first.peerId).not.toBe(second.peerId);
    const { payload } = await first.next('peer:joined');
    expect(payload.peer).toMatchObject({ peerId: second.peerId, userId: 'ann' });
  });
});
