import { expect, it } from 'vitest';
import { type PeopleStage, problemOf, startPeople } from './people.ts';
import type { Person } from './stage.ts';

/** Ann and Ben in one room. */
async function together(stage: PeopleStage) {
  const [ann, ben] = [await stage.external('ann', { name: 'Ann' }), await stage.external('ben')];
  const roomId = await stage.room();
  const say = async (body: object) => (await stage.ask('PUT', '/users/ann/status', ann.token, body)).json();
  const seen = async () => (await (await stage.ask('GET', '/users/ann', ben.token)).json()).user.status;
  return { ann, ben, roomId, say, seen, inBen: await ben.inside(roomId), inAnn: await ann.inside(roomId) };
}

/** Statuses that somebody was told so far. */
async function toldTo(person: Person): Promise<unknown[]> {
  await person.settled();
  return person.frames.filter(({ event }) => event === 'user:status').map(({ payload }) => payload);
}

it('[AC4] is offline without a session, else the last word said', async () => {
  const stage = await startPeople();
  const ann = await stage.external('ann');
  const say = async (body: object) =>
    (await (await stage.ask('PUT', '/users/ann/status', ann.token, body)).json()).user;
  const me = async () => (await (await stage.ask('GET', '/auth/me', ann.token)).json()).user.status;
  expect(await me()).toBe('offline');
  const first = await ann.connect();
  expect([await me(), first.welcomed.user.status]).toEqual(['online', 'online']);
  expect(await say({ status: 'dnd', customStatus: ' reading ' })).toMatchObject({
    status: 'dnd',
    customStatus: 'reading',
  });
  expect(await say({ status: 'idle' })).toMatchObject({ status: 'idle', customStatus: 'reading' });
  expect(await say({ status: 'idle', customStatus: null })).toMatchObject({ customStatus: null });
  // A suspended session counts.
  first.socket.terminate();
  await first.closed;
  expect(await me()).toBe('idle');
  const again = await ann.connect();
  expect(again.welcomed.user.status).toBe('idle');
  await again.request('session:bye', {});
  const resumed = first.resume();
  expect((await resumed.welcome).payload.user.status).toBe('idle');
  resumed.socket.close(1000);
  await resumed.closed;
  expect(await say({ status: 'online' })).toMatchObject({ status: 'offline' });
});

it('[AC4] is told to all others in the room, numbered, and kept for those who are away', async () => {
  const stage = await startPeople();
  const { ann, inAnn, inBen, say, roomId } = await together(stage);
  const inBoth = await ann.inside(roomId);
  const elsewhere = await (await stage.guest()).inside(await stage.room());
  await say({ status: 'dnd', customStatus: 'in a call' });
  const told = await inBen.next('user:status');
  expect(told.payload).toEqual({ userId: 'ann', status: 'dnd', customStatus: 'in a call' });
  expect(told.seq).toBe(inBen.lastSeq);
  await say({ status: 'dnd', customStatus: 'in a call' });
  expect(await toldTo(inBen)).toHaveLength(1);
  inBen.socket.terminate();
  await inBen.closed;
  await inAnn.next('peer:suspended');
  await say({ status: 'idle', customStatus: null });
  const resumed = inBen.resume();
  expect((await resumed.welcome).payload.resumed).toBe(true);
  expect((await resumed.next('user:status')).payload).toMatchObject({ status: 'idle', customStatus: null });
  for (const other of [inAnn, inBoth, elsewhere]) expect(await toldTo(other)).toEqual([]);
});

it('[AC4] is offline to those inside after `peer:left` of the last session, and not before', async () => {
  const { ann, inAnn, inBen, roomId, seen } = await together(await startPeople());
  const second = await ann.connect();
  inAnn.socket.close(1000);
  await inBen.next('peer:left');
  expect([await seen(), await toldTo(inBen)]).toEqual(['online', []]);
  await second.request('room:join', { roomId });
  second.socket.close(1000);
  await inBen.next('user:status');
  expect(inBen.events().slice(-2)).toEqual(['peer:left', 'user:status']);
  expect(await toldTo(inBen)).toEqual([{ userId: 'ann', status: 'offline', customStatus: null }]);
  expect(await seen()).toBe('offline');
  const back = await ann.inside(roomId);
  await inBen.next('peer:joined', ({ payload }) => JSON.stringify(payload).includes(back.peerId));
  expect(await toldTo(inBen)).toHaveLength(1);
});

it('[AC4] of somebody hidden is offline, and nobody hears of coming and going', async () => {
  const { ann, inAnn, inBen, say, seen, roomId } = await together(await startPeople());
  await say({ status: 'offline' });
  expect((await inBen.next('user:status')).payload).toMatchObject({ status: 'offline' });
  await say({ status: 'offline', customStatus: 'away' });
  expect(await seen()).toBe('offline');
  inAnn.socket.close(1000);
  await inBen.next('peer:left');
  const back = await ann.inside(roomId);
  expect(back.welcomed.user.status).toBe('offline');
  expect(await toldTo(inBen)).toHaveLength(1);
  await say({ status: 'online' });
  expect((await inBen.next('user:status')).payload).toMatchObject({ status: 'online', customStatus: 'away' });
});

it('[AC4] [SE4] stays while a client that lost messages gets a new session', async () => {
  const { inAnn, inBen } = await together(await startPeople());
  inAnn.socket.terminate();
  await inAnn.closed;
  const anew = inAnn.resume(4_000);
  expect((await anew.welcome).payload.resumed).toBe(false);
  expect((await inBen.next('peer:left')).payload).toMatchObject({ reason: 'timeout' });
  expect(await toldTo(inBen)).toEqual([]);
});

it('[AC4] outlives a restart', async () => {
  const stage = await startPeople();
  const { ann, say } = await together(stage);
  await say({ status: 'dnd', customStatus: 'still busy' });
  await stage.server.drain();
  const next = await startPeople({ DATABASE_PATH: stage.server.config.databasePath });
  const { user } = await (await next.ask('GET', '/auth/me', ann.token)).json();
  expect(user).toMatchObject({ status: 'dnd', customStatus: 'still busy' });
});

it("[HT2] refuses a status that isn't one, and one in too many words", async () => {
  const { ask, external, patch } = await startPeople();
  const ann = await external('ann');
  for (const [body, path] of [
    [{}, 'status'],
    [{ status: 'away' }, 'status'],
    [{ status: null }, 'status'],
    [{ status: 'dnd', customStatus: 'x'.repeat(129) }, 'customStatus'],
    [{ status: 'dnd', customStatus: 'a\nb' }, 'customStatus'],
  ] as const) {
    const response = await ask('PUT', '/users/ann/status', ann.token, body);
    expect([response.status, (await response.json()).errors[0].path]).toEqual([400, path]);
  }
  expect((await patch(ann, { status: 'dnd' })).status).toBe(200);
  const root = await external('root', { role: 'admin' });
  const byAdmin = await ask('PUT', '/users/ann/status', root.token, { status: 'dnd' });
  expect(await problemOf(byAdmin)).toEqual([403, 'forbidden']);
});
