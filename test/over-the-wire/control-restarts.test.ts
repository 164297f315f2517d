import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/domain/errors.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { SECRET } from '../support/server/accounts.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { RawClient } from '../support/server/ws-client.ts';
import { backendOf, startBackend } from './backend.ts';
import type { Stage } from './stage.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';

let server: ParleyProcess | undefined;
afterEach(() => server?.stop('SIGKILL'));

/** A server as a process of its own, and a backend that shares its secret. */
async function startProcess() {
  const environment = {
    PORT: String(await freePort()),
    DATABASE_PATH: temporaryDatabase(),
    JWT_SECRET: SECRET,
  };
  server = await startParley(environment);
  const { url } = server;
  const bearer: Stage['bearer'] = (userId, token) => {
    const connect = () => Promise.reject(new Error('not here'));
    return { userId, token, connect, inside: connect };
  };
  const stage = { server: { url }, bearer } as unknown as Stage;
  const { call, user } = await backendOf(stage);
  return {
    call,
    /** Connects, and asks to be let in. */
    async join(sub: string) {
      const client = new RawClient({ wsUrl: url.replace('http', 'ws'), token: (await user(sub)).token });
      await client.welcome;
      return { client, reply: await client.request('room:join', { roomId: ROOM }) };
    },
    async restart(signal: 'SIGKILL' | 'SIGTERM') {
      await server?.stop(signal);
      server = await startParley(environment);
    },
  };
}

describe('a server that was killed', () => {
  it('[CT0] knows again whom a backend has added, removed, and who has come in', async () => {
    const { call, join, restart } = await startProcess();
    await call('POST', `/rooms/${ROOM}`, { locked: true, max: 10, userId: 'ada', userInfo: { seat: 1 } });
    for (const name of ['ben', 'cem']) await call('POST', `/rooms/${ROOM}/users/${name}`, { userInfo: name });
    await call('DELETE', `/rooms/${ROOM}/users/cem`);
    const { client } = await join('ada');
    expect((await client.request('ping')).event).toBe('pong');
    await restart('SIGKILL');
    expect(await call('POST', `/rooms/${ROOM}/users/dan`, {})).toEqual({
      status: 200,
      id: 'dan',
      userInfo: null,
      users: [
        { id: 'ben', userInfo: 'ben' },
        { id: 'dan', userInfo: null },
      ],
    });
    expect((await join('ada')).reply.event).toBe('room:joined');
    expect((await join('ben')).reply).toMatchObject({
      event: 'room:joined',
      payload: { peers: [{ userId: 'ada', userInfo: { seat: 1 } }] },
    });
    expect((await join('cem')).reply).toMatchObject({ event: 'error', payload: { code: 'room_locked' } });
  });

  it('[CT0] [RM5] has every room that it said it made, and no room without its first user', async () => {
    const { call, restart } = await startProcess();
    const asked: string[] = [];
    const acknowledged: string[] = [];
    let killed: Promise<unknown> | undefined;
    const make = async (): Promise<never> => {
      for (;;) {
        const id = randomUUID();
        asked.push(id);
        const { status } = await call('POST', `/rooms/${id}`, { userId: `user-${id}`, emptySeconds: 60 });
        expect(status).toBe(201);
        acknowledged.push(id);
        // From here on, requests are under way while the process ends.
        if (acknowledged.length === 20) killed = restart('SIGKILL');
      }
    };
    await Promise.allSettled(Array.from({ length: 4 }, make));
    await killed;
    for (const id of asked) {
      const again = await call('POST', `/rooms/${id}`, { userId: `user-${id}` });
      expect([201, 409]).toContain(again.status);
      if (acknowledged.includes(id)) expect(again.code).toBe('room_exists');
      const { users } = await call('POST', `/rooms/${id}/users/zoe`, {});
      expect(users.map((one: { id: string }) => one.id)).toEqual([`user-${id}`, 'zoe']);
    }
  });
});

describe('a restart', () => {
  it('[CT4] [SE8] keeps what waits for an expected user, in its order', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const before = await startBackend({ DATABASE_PATH });
    await before.call('POST', `/rooms/${ROOM}`, { userId: 'ada' });
    const [ben, gone] = [
      await (await before.user('ben')).inside(ROOM),
      await (await before.user('gone')).inside(ROOM),
    ];
    const send = (data: unknown) => before.call('POST', `/rooms/${ROOM}/messages`, { to: 'ada', data });
    await send(1);
    await ben.request('call:offer', { userId: 'ada', sdp: 'v=0\r\né' });
    await gone.request('call:offer', { userId: 'ada', sdp: 'gone' });
    await ben.request('call:ice', { userId: 'ada', candidate: null });
    await send({ n: 2 });
    await before.stage.server.drain();
    const after = await startBackend({ DATABASE_PATH });
    const back = ben.resume(ben.lastSeq, after.stage.server.wsUrl);
    expect((await back.welcome).payload.resumed).toBe(true);
    const again = gone.resume(gone.lastSeq, after.stage.server.wsUrl);
    await again.welcome;
    await again.request('room:leave');
    const ada = await (await after.user('ada')).inside(ROOM);
    await ada.settled();
    const from = { from: ben.peerId, fromUserId: 'ben', userId: 'ada' };
    expect(ada.frames.slice(2, -1)).toMatchObject([
      { event: 'room:message', payload: { data: 1 } },
      { event: 'call:offer', payload: { ...from, sdp: 'v=0\r\né' } },
      { event: 'call:ice', payload: { ...from, candidate: null } },
      { event: 'room:message', payload: { data: { n: 2 } } },
    ]);
    expect((await ada.request('call:answer', { sdp: 'v=0' })).event).toBe('ack');
    expect((await back.next('call:answer')).payload).toMatchObject({ fromUserId: 'ada' });
  });
});

describe('a restart between an offer and its answer', () => {
  it('[CT1] [CT3] [SE8] lets a backend answer for a user who is still expected, with what it was told to send', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const before = await startBackend({ DATABASE_PATH });
    await before.call('POST', `/rooms/${ROOM}`, { userId: 'ada', emptySeconds: 60 });
    const ben = await (await before.user('ben')).inside(ROOM);
    await ben.request('call:offer', { userId: 'ada', sdp: 'v=0' });
    const ada = `/rooms/${ROOM}/users/ada`;
    await before.call('POST', `${ada}/produce`, { constraints: { audio: true }, offer: 'v=1' });
    await before.stage.server.drain();
    const after = await startBackend({ DATABASE_PATH });
    const back = ben.resume(ben.lastSeq, after.stage.server.wsUrl);
    await back.welcome;
    const answered = await after.call('POST', `${ada}/consume`, { id: 'ben', answer: 'v=2' });
    expect(answered.status).toBe('connected');
    expect((await back.next('call:answer')).payload).toMatchObject({ fromUserId: 'ada', sdp: 'v=2' });
    const replied = await after.call('POST', `/rooms/${ROOM}/users/ben/consume`, {
      id: 'ada',
      answer: 'v=3',
    });
    expect(replied.status).toBe('connected');
    const person = await (await after.user('ada')).inside(ROOM);
    expect((await person.next('call:answer')).payload).toMatchObject({ fromUserId: 'ben', sdp: 'v=3' });
    expect(await after.call('GET', `/rooms/${ROOM}/participants`)).toMatchObject({
      items: [{ userId: 'ben' }, { userId: 'ada', media: { audio: true, video: false, screen: false } }],
    });
  });
});

describe('a room with its first user', () => {
  it('[RM5] is made whole or not at all: if the user can’t be stored, there is no room', async () => {
    let isFull = true;
    const { call } = await startBackend(
      {},
      {
        openStore(path, log, clock) {
          const store = openStore(path, log, clock);
          const { addedUsers } = store;
          const put: typeof addedUsers.put = (row) => {
            if (isFull) throw new ParleyError('unavailable', 'The disk is full.');
            return addedUsers.put(row);
          };
          return { ...store, addedUsers: { ...addedUsers, put } };
        },
      },
    );
    expect(await call('POST', `/rooms/${ROOM}`, { userId: 'ada' })).toMatchObject({ status: 503 });
    expect(await call('GET', `/rooms/${ROOM}`)).toMatchObject({ status: 404, code: 'room_not_found' });
    isFull = false;
    expect(await call('POST', `/rooms/${ROOM}`, { userId: 'ada' })).toMatchObject({
      status: 201,
      users: [{ id: 'ada', userInfo: null }],
      room: { participants: 1 },
    });
  });
});
