import { describe, expect, it, onTestFinished } from 'vitest';
import { CreateRoomReply } from '../../src/protocol/bodies.ts';
import { TRIES_PER_ENDPOINT } from '../../src/webhooks/delivery.ts';
import { api, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { until } from '../support/until.ts';
import { SECRET, said, startReceiver } from './receiver.ts';

/** Changes of rooms that are acknowledged before the server is killed. */
const CHANGES = 60;
const ROOMS = 6;

/** A server as a process of its own, whose only endpoint answers nothing at first. */
async function setUp() {
  const receiver = await startReceiver();
  receiver.answer(() => undefined);
  const environment = {
    ...{ PORT: String(await freePort()), DATABASE_PATH: temporaryDatabase() },
    ...{ WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET },
  };
  let server = await startParley(environment);
  onTestFinished(() => server.stop('SIGKILL'));
  const { url } = server;
  const { accessToken: token } = await signIn(url);
  return {
    receiver,
    create: async () =>
      (await api(url, '/rooms', { reply: CreateRoomReply, token, body: { name: 'new' } })).room.id,
    async rename(roomId: string, name: string) {
      const headers = { Authorization: `Bearer ${token}` };
      const body = JSON.stringify({ name });
      const { status } = await fetch(`${url}/rooms/${roomId}`, { method: 'PATCH', headers, body });
      expect(status).toBe(200);
    },
    kill: () => server.stop('SIGKILL'),
    async restart() {
      receiver.answer((response) => response.writeHead(204).end());
      server = await startParley(environment);
    },
  };
}

describe('webhooks of a server that was killed', () => {
  it('[CT5] come after the restart, with the same id if they had been tried', async () => {
    const { receiver, create, kill, restart } = await setUp();
    // One more than are tried at a time: it is stored, and nobody has tried to deliver it.
    const rooms: string[] = [];
    while (rooms.length <= TRIES_PER_ENDPOINT) rooms.push(await create());
    await receiver.take(TRIES_PER_ENDPOINT);
    await kill();
    const tried = receiver.received.map((one) => said(one));
    await restart();
    await receiver.take(2 * TRIES_PER_ENDPOINT + 1);
    const again = receiver.received.slice(TRIES_PER_ENDPOINT).map((one) => said(one));
    const ids = new Map(again.map(({ id, data }) => [data.roomId, id]));
    expect([...ids.keys()].sort()).toEqual(rooms.sort());
    expect(tried).toHaveLength(TRIES_PER_ENDPOINT);
    for (const { id, data } of tried) expect(ids.get(data.roomId)).toBe(id);
  });

  it('[CT5] are all there of what was acknowledged, in the order of each room', async () => {
    const { receiver, create, rename, kill, restart } = await setUp();
    const rooms = await Promise.all(Array.from({ length: ROOMS }, create));
    const acknowledged = new Map(rooms.map((roomId) => [roomId, ['new']]));
    let changes = 0;
    let killed: Promise<void> | undefined;
    // Each room is renamed until the server is gone, so one change of each is under way when it is killed.
    const renaming = rooms.map(async (roomId) => {
      for (let n = 1; ; n += 1) {
        await rename(roomId, `name ${n}`);
        acknowledged.get(roomId)?.push(`name ${n}`);
        changes += 1;
        if (changes === CHANGES) killed = kill();
      }
    });
    await Promise.allSettled(renaming);
    await killed;
    await restart();
    const namesOf = (roomId: string) => [
      ...new Set(
        receiver.received
          .map((one) => said(one))
          .flatMap(({ data }) => (data.roomId === roomId ? [data.room.name] : [])),
      ),
    ];
    const isTold = ([roomId, names]: [string, string[]]) => namesOf(roomId).length >= names.length;
    await until(() => [...acknowledged].every(isTold));
    for (const [roomId, names] of acknowledged) {
      // The last change may have been stored without being acknowledged.
      expect([names, [...names, `name ${names.length}`]]).toContainEqual(namesOf(roomId));
    }
  });
});
