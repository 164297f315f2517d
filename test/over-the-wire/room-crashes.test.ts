import { afterEach, describe, expect, it } from 'vitest';
import { CreateRoomReply, RoomReply } from '../../src/protocol/bodies.ts';
import { CallsReply } from '../../src/protocol/room-bodies.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { api, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { RawClient } from '../support/server/ws-client.ts';
import { until } from '../support/until.ts';

let server: ParleyProcess | undefined;
afterEach(() => server?.stop('SIGKILL'));

/** Changes that are acknowledged before the server is killed. */
const CHANGES = 20;

describe('a server that was killed', () => {
  it('[HT8] has again every setting of a room that it acknowledged, and past calls', async () => {
    const { url, room, token, join, kill, calls } = await startRoom();
    await join();
    await (await join()).request('room:leave');
    let killed: Promise<unknown> | undefined;
    const acknowledged: string[] = [];
    const changes = async (): Promise<never> => {
      for (;;) {
        const n = acknowledged.length;
        const body = { name: `change ${n}`, metadata: { n }, locked: n % 2 === 0 };
        const response = await patch(`${url}/rooms/${room.id}`, token, body);
        acknowledged.push((await response.json()).room.name);
        // From here on, requests are under way while the process ends.
        if (acknowledged.length === CHANGES) killed = kill();
      }
    };
    await expect(changes()).rejects.toThrow();
    await killed;
    const again = (await api(url, `/rooms/${room.id}`, { reply: RoomReply, token })).room;
    const n = acknowledged.length;
    // The last change may have been stored without being acknowledged.
    const last = again.name === acknowledged.at(-1) ? n - 1 : n;
    expect(again).toMatchObject({ name: `change ${last}`, metadata: { n: last }, locked: last % 2 === 0 });
    expect(await calls()).toMatchObject([{ peak: 2, participants: [{ seconds: expect.any(Number) }] }]);
  });

  it('has ended the calls that went on, and begins new ones', async () => {
    const { path, join, kill, calls } = await startRoom();
    await join();
    await join();
    const database = new Database(path, { readonly: true });
    const stored = database.prepare<[], number>('SELECT count(*) FROM call_participants').pluck();
    await until(() => stored.get() === 1);
    database.close();
    await kill();
    expect(await calls()).toMatchObject([{ peak: 2, participants: [{}] }]);
    await join();
    await (await join()).request('room:leave');
    expect(await calls()).toHaveLength(2);
  });
});

/** A server as a process of its own, with a room and its owner. */
async function startRoom() {
  const path = temporaryDatabase();
  const environment = { PORT: String(await freePort()), DATABASE_PATH: path };
  server = await startParley(environment);
  const { url } = server;
  const { accessToken: token } = await signIn(url);
  const { room } = await api(url, '/rooms', { reply: CreateRoomReply, token, body: {} });
  return {
    url,
    path,
    token,
    room,
    /** The owner comes in with one more peer. */
    async join() {
      const client = new RawClient({ wsUrl: url.replace('http', 'ws'), token });
      await client.welcome;
      await client.request('room:join', { roomId: room.id });
      return client;
    },
    /** Kills the server and starts it again. */
    async kill() {
      await server?.stop('SIGKILL');
      server = await startParley(environment);
    },
    calls: async () => (await api(url, `/rooms/${room.id}/calls`, { reply: CallsReply, token })).items,
  };
}

function patch(url: string, token: string, body: object): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}` };
  return fetch(url, { method: 'PATCH', headers, body: JSON.stringify(body) });
}
