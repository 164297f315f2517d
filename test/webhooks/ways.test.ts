import { expect, it } from 'vitest';
import { ask } from '../over-the-wire/hosting.ts';
import { until } from '../support/until.ts';
import { told } from './receiver.ts';
import { WAYS } from './ways.ts';
import { openWorld } from './ways-world.ts';

it.each(WAYS)('[CT5] are told of who comes in and goes: $title', async ({ go, told: between }) => {
  const world = await openWorld();
  const roomId = await go(world);
  const { status } = await ask(world.stage, 'DELETE', `/rooms/${roomId}`, world.service);
  expect([200, 404]).toContain(status);
  const story = await world.story(roomId);
  const name = story[0]?.replace('room.created', '') ?? '';
  expect(story).toEqual([`room.created${name}`, ...between, `room.closed${name}`]);
});

const LOGIN = { email: 'ada@example.org', password: 'correct horse' };

it('[CT5] are told of every account that is made, by whatever way, and of nothing else that people do', async () => {
  const { stage, ann, call, receiver, open, service } = await openWorld();
  const { server } = stage;
  const post = async (path: string, body: object) => {
    const reply = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
    expect(reply.ok).toBe(true);
    return reply.json();
  };
  await post('/auth/register', { ...LOGIN, displayName: 'Ada' });
  await call(ann, 'POST', '/auth/register', { ...LOGIN, email: 'ann@example.org' });
  await post('/setup', { ...LOGIN, email: 'eve@example.org', displayName: 'Eve', token: server.setupToken });
  const { accessToken } = await post('/auth/login', LOGIN);
  await ask(stage, 'GET', '/auth/me', stage.bearer('', accessToken));
  // An event of a room is last, and says that the others are there.
  const roomId = await open();
  await ask(stage, 'DELETE', `/rooms/${roomId}`, service);
  await until(() => told(receiver).filter(({ type }) => type === 'user.registered').length === 3);
  await until(() => told(receiver).at(-1)?.type === 'room.closed');
  const users = told(receiver).flatMap(({ type, user }) => (type === 'user.registered' ? [user] : []));
  expect(users.map(({ displayName, kind }) => `${displayName} ${kind}`).sort()).toEqual([
    'Ada registered',
    'Ann registered',
    'Eve registered',
  ]);
  expect(told(receiver)).toHaveLength(5);
  expect(JSON.stringify(told(receiver))).not.toMatch(/example\.org|hash|role/);
});
