import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { mintToken } from '../../src/accounts/mint.ts';
import { DRAIN_MS } from '../../src/drain.ts';
import { createLog } from '../../src/lib/log.ts';
import { MeReply, Problem, TokensReply } from '../../src/protocol/bodies.ts';
import { CLOSE } from '../../src/protocol/codes.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords, SECRET } from '../support/server/accounts.ts';
import { api, createRoom, signIn } from '../support/server/api.ts';
import { post, problemCode, remove } from './accounts.ts';
import { codeOf, startStage } from './stage.ts';

/** Takes a database's write lock, as a backup program may. @returns a function that releases it */
function lock(path: string): () => void {
  const holder = new Database(path);
  holder.exec('BEGIN IMMEDIATE');
  return () => void holder.close();
}

describe('while another program holds the database', () => {
  it('[RM3] people join, talk and leave; requests that must store something are refused, and work again afterwards', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({ JWT_SECRET: SECRET }, { clock });
    const { server } = stage;
    const keys = await secretKeys(SECRET);
    const roomId = await stage.room({ password: 'open sesame' });
    const owner = await stage.guest('Ann');
    const own = await stage.room();
    const ann = await owner.inside(own);
    const ben = await (await stage.guest('Ben')).inside(own);
    await ann.next('peer:joined');

    const release = lock(server.config.databasePath);
    ben.send('call:offer', { to: ann.peerId, sdp: 'v=0' }, 2);
    await ann.next('call:offer');
    // The last one leaves: the end of the room is stored later.
    for (const person of [ben, ann]) expect((await person.request('room:leave')).event).toBe('ack');
    // A backend's new user, who isn't stored yet.
    const token = await mintToken(
      { sub: 'zoe', name: 'Zoe' },
      { keys, issuer: 'parley', audience: 'parley', now: clock.now(), lifetimeSeconds: 300 },
    );
    const zoe = await stage.bearer('zoe', token).connect();
    expect(zoe.welcomed.user).toMatchObject({ id: 'zoe', kind: 'external', displayName: 'Zoe' });
    expect(codeOf(await zoe.request('room:join', { roomId, password: 'wrong' }))).toBe('wrong_password');
    expect((await zoe.request('room:join', { roomId, password: 'open sesame' })).event).toBe('room:joined');
    expect(await api(server.url, '/auth/guest', { reply: Problem, body: {} })).toMatchObject({
      status: 503,
      code: 'unavailable',
    });
    release();

    await api(server.url, '/auth/guest', { reply: TokensReply, body: {} });
    clock.advance(1_000);
    const database = new Database(server.config.databasePath, { readonly: true });
    const stored = database.prepare<[string], string>('SELECT id FROM users WHERE id = ?').pluck();
    expect(stored.get('zoe')).toBe('zoe');
    database.close();
  });
});

describe('a host while another program holds the database', () => {
  it('[RM6] is told that a ban or a lock can’t be stored now; nothing changes, and both work afterwards', async () => {
    const { server, guest } = await startStage();
    const owner = await guest('Ann');
    const { id: roomId } = await createRoom(server.url, owner.token);
    const ann = await owner.inside(roomId);
    const ben = await (await guest('Ben')).inside(roomId);
    const requests = [
      ['room:lock', { locked: true }],
      ['room:kick', { peerId: ben.peerId, ban: true }],
    ] as const;

    const release = lock(server.config.databasePath);
    for (const [event, payload] of requests)
      expect(codeOf(await ann.request(event, payload))).toBe('unavailable');
    await ben.settled();
    expect(ben.events()).not.toContain('room:updated');
    release();

    for (const [event, payload] of requests) expect(codeOf(await ann.request(event, payload))).toBe('ack');
    expect((await ben.closed).code).toBe(CLOSE.banned);
  });
});

describe('accounts while another program holds the database', () => {
  it('[AC5] are neither made, nor changed, nor deleted: each request is 503, stores nothing, and works afterwards', async () => {
    const stage = await startStage({}, { passwords: cheapPasswords() });
    const { url, config } = stage.server;
    const password = 'correct horse';
    const register = (email: string) => post(stage, '/auth/register', { email, password });
    const token = v.parse(TokensReply, await (await register('ann@example.org')).json()).accessToken;
    const { user } = await api(url, '/auth/me', { reply: MeReply, token });
    const guest = await signIn(url, { username: 'ben' });
    const bearing = (bearer: string) => ({ Authorization: `Bearer ${bearer}` });
    const requests = [
      () => register('cid@example.org'),
      () => post(stage, '/auth/register', { email: 'ben@x.org', password }, bearing(guest.accessToken)),
      () => post(stage, '/auth/login', { email: 'ann@example.org', password }),
      () => post(stage, '/auth/password', { current: password, new: 'battery staple' }, bearing(token)),
      () => remove(stage, `/users/${user.id}`, token, { password: 'battery staple' }),
    ];
    const everything = () => {
      const database = new Database(config.databasePath, { readonly: true });
      const rows = ['users', 'logins', 'refresh_tokens', 'deleted_users'].map((table) =>
        database.prepare(`SELECT * FROM ${table}`).all(),
      );
      database.close();
      return rows;
    };
    const before = everything();
    const release = lock(config.databasePath);
    const reply = await remove(stage, `/users/${user.id}`, token, { password });
    expect([reply.status, await problemCode(reply)]).toEqual([503, 'unavailable']);
    for (const request of requests.slice(0, 4)) expect((await request()).status).toBe(503);
    release();
    expect(everything()).toEqual(before);
    const statuses: number[] = [];
    for (const request of requests) statuses.push((await request()).status);
    expect(statuses).toEqual([201, 201, 200, 204, 204]);
  });
});

describe('a drain while another program holds the database', () => {
  it('[SE8] waits for it, and loses no session', async () => {
    let met = () => {};
    const meets = new Promise<void>((resolve) => {
      met = resolve;
    });
    const log = createLog({
      level: 'warn',
      now: () => 0,
      write: (line) => line.includes("can't be written to") && met(),
    });
    const { server, person } = await startStage({}, { log });
    const ann = await person();
    const release = lock(server.config.databasePath);
    const drained = server.drain();
    await meets;
    release();
    expect((await ann.closed).code).toBe(CLOSE.draining);
    await drained;
    const after = await startStage({ DATABASE_PATH: server.config.databasePath });
    const back = await ann.resume(ann.lastSeq, after.server.wsUrl).welcome;
    expect(back.payload.resumed).toBe(true);
  });

  it('[SE8] ends in time even if the lock is never released, and tells clients to come back', async () => {
    const clock = new FakeClock(Date.now());
    const { server, person } = await startStage({}, { clock });
    const ann = await person();
    const release = lock(server.config.databasePath);
    const began = clock.monotonic();
    let isOver = false;
    const drained = server.drain().then(() => {
      isOver = true;
    });
    while (!isOver) {
      await new Promise(setImmediate);
      clock.advance(20);
    }
    await drained;
    expect((await ann.closed).code).toBe(CLOSE.draining);
    expect(clock.monotonic() - began).toBeLessThan(DRAIN_MS);
    release();
  });
});
