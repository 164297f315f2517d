import { describe, expect, it } from 'vitest';
import type { Claims, PeopleStage } from './people.ts';
import { startPeople } from './people.ts';

async function namesOf({ ask }: PeopleStage, token: string): Promise<unknown> {
  const { username, displayName } = (await (await ask('GET', '/auth/me', token)).json()).user;
  return [username, displayName];
}

describe('a new token of an external user', () => {
  it('[TK1] brings its name, username and role; what it does not name stays', async () => {
    const stage = await startPeople();
    const names = async (claims: Claims) => namesOf(stage, (await stage.external('ann', claims)).token);
    expect(await names({})).toEqual([null, null]);
    expect(await names({ name: 'Ann' })).toEqual([null, 'Ann']);
    expect(await names({ username: 'ann' })).toEqual(['ann', 'Ann']);
    expect(await names({ name: 'Ann Lee', username: 'ann_lee' })).toEqual(['ann_lee', 'Ann Lee']);
    expect(await names({ role: 'service' })).toEqual(['ann_lee', 'Ann Lee']);
    expect(await names({ username: 'no spaces' })).toEqual(['ann_lee', 'Ann Lee']);
    expect(await stage.listed(await stage.external('ann'), { q: 'ann l' })).toEqual(['ann']);
    const admin = await stage.external('ann', { role: 'admin' });
    const plain = await stage.external('ann', { name: 'Ann' });
    const others = async (token: string) => (await stage.ask('PATCH', '/users/nobody', token, {})).status;
    expect([await others(admin.token), await others(plain.token)]).toEqual([404, 403]);
  });

  it('[TK1] [AC1] leaves a username that somebody has, and takes the name', async () => {
    const stage = await startPeople();
    await stage.external('ann', { username: 'ann' });
    await stage.external('bob', { username: 'bob' });
    const bob = await stage.external('bob', { username: 'ANN', name: 'Bob' });
    expect(await namesOf(stage, bob.token)).toEqual(['bob', 'Bob']);
  });

  it('[TK1] is new once: an older one undoes neither a later one nor what the user has set', async () => {
    const stage = await startPeople();
    const [old, later] = [
      await stage.external('ann', { name: 'Old' }),
      await stage.external('ann', { name: 'Later' }),
    ];
    expect(await namesOf(stage, old.token)).toEqual([null, 'Later']);
    expect((await stage.patch(old, { displayName: 'Own' })).status).toBe(200);
    for (const { token } of [old, later]) expect(await namesOf(stage, token)).toEqual([null, 'Own']);
  });

  it('[TK1] changes neither guests nor registered users', async () => {
    const stage = await startPeople();
    const visitor = await stage.guest('Visitor');
    const bearer = await stage.external(visitor.userId, { name: 'Other', username: 'other' });
    expect(await namesOf(stage, bearer.token)).toEqual([null, 'Visitor']);
  });

  it('[TK1] shows its name to those who see the user from then on, and in sessions that are open', async () => {
    const stage = await startPeople();
    const roomId = await stage.room();
    const ann = await stage.external('ann', { name: 'Ann' });
    const inRoom = await ann.inside(roomId);
    const renamed = await stage.external('ann', { name: 'Ann Lee' });
    expect((await inRoom.request('session:token', { token: renamed.token })).event).toBe('ack');
    const ben = await stage.person();
    const joined = await ben.request('room:join', { roomId });
    expect(joined.payload).toMatchObject({ peers: [{ displayName: 'Ann Lee' }] });
    expect((await ann.connect()).welcomed.user.displayName).toBe('Ann Lee');
  });
});

it('a changed profile is shown to those who come later, and to whoever one joins later', async () => {
  const stage = await startPeople();
  const [here, there] = [await stage.room(), await stage.room()];
  const ann = await stage.external('ann', { name: 'Ann' });
  const [inRoom, outside] = [await ann.inside(here), await ann.connect()];
  await stage.patch(ann, { displayName: 'Ann Lee', username: 'ann' });
  const ben = await stage.person();
  const joined = await ben.request('room:join', { roomId: here });
  expect(joined.payload).toMatchObject({ peers: [{ displayName: 'Ann Lee', username: 'ann' }] });
  const eve = await (await stage.guest()).inside(there);
  await outside.request('room:join', { roomId: there });
  expect((await eve.next('peer:joined')).payload.peer).toMatchObject({ displayName: 'Ann Lee' });
  inRoom.socket.terminate();
  await inRoom.closed;
  expect((await inRoom.resume().welcome).payload.user.displayName).toBe('Ann Lee');
});
