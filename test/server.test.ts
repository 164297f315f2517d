import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { REFRESH_GRACE_MS } from '../src/accounts/logins.ts';
import type { Environment } from '../src/config/config.ts';
import { StartError } from '../src/domain/errors.ts';
import { DRAIN_MS } from '../src/drain.ts';
import { createLog } from '../src/lib/log.ts';
import { IceServersReply, MeReply, Problem, RoomReply, TokensReply } from '../src/protocol/bodies.ts';
import { CLOSE } from '../src/protocol/codes.ts';
import type { Welcome } from '../src/protocol/events.ts';
import { LIMIT_DEFAULTS } from '../src/protocol/limits.ts';
import type { Overrides } from '../src/server.ts';
import { SNAPSHOT_VERSION } from '../src/signaling/hub.ts';
import { openStore } from '../src/store/sqlite/open.ts';
import { FakeClock } from './support/fakes/clock.ts';
import { SECRET } from './support/server/accounts.ts';
import { api, createRoom, signIn } from './support/server/api.ts';
import { temporaryDatabase } from './support/server/database.ts';
import { freePort } from './support/server/process.ts';
import { startServer, type TestServer } from './support/server/server.ts';
import { connectRaw, type RawClient } from './support/server/ws-client.ts';

const running = new Set<{ close(): Promise<void> }>();
afterEach(async () => {
  for (const server of running) await server.close();
  running.clear();
});

describe('a server', () => {
  it('starts with defaults, on its own port', async () => {
    const [one, two] = [await start(), await start()];
    expect(one.port).not.toBe(two.port);
    for (const { url } of [one, two]) {
      expect((await fetch(`${url}/health`)).status).toBe(200);
      expect((await fetch(`${url}/ready`)).status).toBe(200);
    }
  });

  it('tells which port is in use, and leaves nothing open', async () => {
    const { port } = await start();
    const path = temporaryDatabase();
    const second = () => startServer({ PORT: String(port), DATABASE_PATH: path });
    await expect(second()).rejects.toThrow(StartError);
    await expect(second()).rejects.toThrow(`Can't listen on 127.0.0.1:${port}: the port is in use`);
    openStore(path).close();
  });

  it('can be closed more than once, and closes its connections', async () => {
    const server = await start();
    const ann = connectRaw({ wsUrl: server.wsUrl, token: await accessToken(server) });
    await ann.welcome;
    await server.close();
    await server.close();
    expect((await ann.closed).code).toBe(1006);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });

  it('keeps users, their tokens and rooms across a restart', async () => {
    const path = temporaryDatabase();
    const before = await start({ DATABASE_PATH: path });
    const token = await accessToken(before);
    const room = await createRoom(before.url, token, { name: 'Standup', max: 4 });
    const keys = await keysOf(before);
    await before.close();
    const after = await start({ DATABASE_PATH: path });
    expect((await api(after.url, '/auth/me', { reply: MeReply, token })).user.kind).toBe('guest');
    expect((await api(after.url, `/rooms/${room.id}`, { reply: RoomReply, token })).room).toEqual(room);
    expect(await keysOf(after)).toEqual(keys);
  });

  it('[TK2] publishes its own key, and none with a shared secret', async () => {
    expect(await keysOf(await start())).toMatchObject([{ alg: 'ES256', use: 'sig' }]);
    expect(await keysOf(await start({ JWT_SECRET: SECRET }))).toEqual([]);
  });

  it('limits new guests by the address that a trusted proxy saw, or else by the direct one', async () => {
    const tight = { GUESTS_PER_MINUTE: '1' };
    const behind = await start({ ...tight, TRUSTED_PROXIES: '127.0.0.1' });
    const open = await start(tight);
    const signIn = async ({ url }: TestServer, from: string) =>
      (await fetch(`${url}/auth/guest`, { method: 'POST', body: '{}', headers: { 'X-Forwarded-For': from } }))
        .status;
    expect([await signIn(behind, '192.0.2.1'), await signIn(behind, '192.0.2.2')]).toEqual([201, 201]);
    expect(await signIn(behind, '192.0.2.1')).toBe(429);
    expect([await signIn(open, '192.0.2.1'), await signIn(open, '192.0.2.2')]).toEqual([201, 429]);
  });

  it('runs the relay, and tells clients where it is', async () => {
    const path = temporaryDatabase();
    const folder = dirname(dirname(path));
    const conf = join(folder, 'turnserver.conf');
    writeFileSync(conf, `listening-port=${await freePort()}\nlistening-ip=127.0.0.1\n`);
    // Whoever may call directly gets relay credentials outside of rooms too [CA6].
    const settings = { DATABASE_PATH: path, TURN: 'on', TURN_CONFIG: conf, DIRECT_CALLS: 'on' };
    const server = await start(settings);
    const { iceServers } = await api(server.url, '/ice-servers', {
      reply: IceServersReply,
      token: await accessToken(server),
    });
    expect(JSON.stringify(iceServers)).toMatch(/"turn:127\.0\.0\.1:\d+\?transport=udp"/);
  });

  it('tells clients the STUN and TURN servers of TURN_URLS', async () => {
    const urls = 'stun:stun.example.org,turn:turn.example.org:3478';
    const server = await start({ TURN_URLS: urls, DIRECT_CALLS: 'on' });
    const token = await accessToken(server);
    const { iceServers } = await api(server.url, '/ice-servers', { reply: IceServersReply, token });
    expect(iceServers).toEqual([
      { urls: ['stun:stun.example.org'] },
      { urls: ['turn:turn.example.org:3478'], username: expect.any(String), credential: expect.any(String) },
    ]);
  });

  it('closes the sessions of a login that was ended', async () => {
    const clock = new FakeClock(Date.now());
    const server = await start({}, { clock });
    const { refreshToken, accessToken: token } = await signIn(server.url);
    const ann = connectRaw({ wsUrl: server.wsUrl, token });
    await ann.welcome;
    await api(server.url, '/auth/refresh', { reply: TokensReply, body: { refreshToken } });
    clock.advance(REFRESH_GRACE_MS + 1);
    await api(server.url, '/auth/refresh', { reply: Problem, body: { refreshToken } });
    expect((await ann.closed).code).toBe(CLOSE.unauthorized);
  });
});

describe('a drain', () => {
  it('[SE8] announces itself, answers 503 at /ready, refuses upgrades, closes with 4100 and ends in time', async () => {
    const server = await start();
    const token = await accessToken(server);
    const ann = connectRaw({ wsUrl: server.wsUrl, token });
    await ann.welcome;
    const begun = performance.now();
    const drained = server.drain();
    await ann.next('server:draining');
    expect((await fetch(`${server.url}/ready`)).status).toBe(503);
    await expect(connectRaw({ wsUrl: server.wsUrl, token }).opened).rejects.toThrow(
      'Unexpected server response: 503',
    );
    expect((await ann.closed).code).toBe(CLOSE.draining);
    await drained;
    expect(performance.now() - begun).toBeLessThan(DRAIN_MS);
    await expect(fetch(`${server.url}/ready`)).rejects.toThrow();
  });

  it('[SE8] is a resume for clients that come back to the next process', async () => {
    const path = temporaryDatabase();
    const before = await start({ DATABASE_PATH: path });
    const tokens = [await accessToken(before), await accessToken(before)] as const;
    const room = await createRoom(before.url, tokens[0]);
    const ann = connectRaw({ wsUrl: before.wsUrl, token: tokens[0] });
    const bob = connectRaw({ wsUrl: before.wsUrl, token: tokens[1] });
    const welcomes = [(await ann.welcome).payload, (await bob.welcome).payload] as const;
    for (const client of [ann, bob]) await client.request('room:join', { roomId: room.id });
    await before.drain();

    const after = await start({ DATABASE_PATH: path });
    const annBack = resume(ann, welcomes[0], tokens[0], after);
    const bobBack = resume(bob, welcomes[1], tokens[1], after);
    expect((await annBack.welcome).payload).toMatchObject({
      resumed: true,
      peerId: welcomes[0].peerId,
      lastId: 1,
    });
    expect((await bobBack.welcome).payload).toMatchObject({
      resumed: true,
      peerId: welcomes[1].peerId,
      lastId: 1,
    });
    const found = await api(after.url, `/rooms/${room.id}`, { reply: RoomReply, token: tokens[0] });
    expect(found.room.participants).toBe(2);
    annBack.send('call:offer', { to: welcomes[1].peerId, sdp: 'v=0' }, 2);
    expect((await bobBack.next('call:offer')).payload).toMatchObject({
      from: welcomes[0].peerId,
      sdp: 'v=0',
    });
  });

  it('[SE8][RM5] keeps rooms for as long as sessions in them wait', async () => {
    const path = temporaryDatabase();
    const before = await start({ DATABASE_PATH: path });
    const token = await accessToken(before);
    const room = await createRoom(before.url, token, { emptySeconds: 60 });
    const ann = connectRaw({ wsUrl: before.wsUrl, token, path: `/ws/rooms/${room.id}` });
    await ann.next('room:joined');
    await before.drain();
    const clock = new FakeClock(Date.now());
    const after = await start({ DATABASE_PATH: path }, { clock });
    const find = () => api(after.url, `/rooms/${room.id}`, { reply: v.union([RoomReply, Problem]), token });
    clock.advance(LIMIT_DEFAULTS.resumeWindowMs - 1_000);
    expect(await find()).toMatchObject({ room: { participants: 1 } });
    clock.advance(60_000);
    expect(await find()).toMatchObject({ room: { participants: 0 } });
    clock.advance(10_000);
    expect(await find()).toMatchObject({ code: 'room_not_found' });
  });

  it('[SE8] leaves a snapshot that is read once', async () => {
    const path = temporaryDatabase();
    const first = await start({ DATABASE_PATH: path });
    const token = await accessToken(first);
    const ann = connectRaw({ wsUrl: first.wsUrl, token });
    const { payload: welcome } = await ann.welcome;
    await first.drain();
    const second = await start({ DATABASE_PATH: path });
    await second.close();
    const third = await start({ DATABASE_PATH: path });
    const back = resume(ann, welcome, token, third);
    expect((await back.welcome).payload.resumed).toBe(false);
  });

  it.each([
    ['another version', 999, ['{}'], 'of a version that this build does not read'],
    ['rows that say nothing', undefined, ['not even JSON', '{}', 'null'], undefined],
  ])('[SE8] starts in spite of a snapshot of %s', async (_what, version, rows, message) => {
    const path = temporaryDatabase();
    const store = openStore(path);
    store.sessions.write(version ?? SNAPSHOT_VERSION, Date.now(), rows);
    store.close();
    const lines: string[] = [];
    const log = createLog({ level: 'info', now: Date.now, write: (line) => lines.push(line) });
    const server = await start({ DATABASE_PATH: path }, { log });
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    if (message !== undefined) expect(lines.join('')).toContain(message);
  });
});

async function start(environment: Environment = {}, overrides: Overrides = {}): Promise<TestServer> {
  const server = await startServer(environment, overrides);
  running.add(server);
  return server;
}

const Keys = v.object({ keys: v.array(v.looseObject({})) });
const keysOf = async ({ url }: TestServer) =>
  (await api(url, '/.well-known/jwks.json', { reply: Keys })).keys;

async function accessToken({ url }: TestServer): Promise<string> {
  return (await signIn(url)).accessToken;
}

/** Resumes the session, on a server that may be another process. */
function resume(client: RawClient, { resumeToken }: Welcome, token: string, { wsUrl }: TestServer) {
  return connectRaw({ wsUrl, token, resume: { token: resumeToken, lastSeq: client.lastSeq } });
}
