import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { PLACE_MS } from '../../src/signaling/live-rooms/held-places.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { ask, minted } from '../over-the-wire/hosting.ts';
import { type Guest, type Person, startStage } from '../over-the-wire/stage.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords, SECRET as JWT_SECRET } from '../support/server/accounts.ts';
import { until } from '../support/until.ts';
import { SECRET, startReceiver, told } from './receiver.ts';

const RESUME_WINDOW_MS = 20_000;

/** A server with an endpoint, Ann, who owns a room, Ben, and a backend. */
async function openWorld() {
  const receiver = await startReceiver();
  // Receivers take no event whose time is not about now.
  const clock = new FakeClock(Date.now());
  const settings = { WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET, JWT_SECRET };
  const environment = { ...settings, RESUME_WINDOW_MS: String(RESUME_WINDOW_MS) };
  const stage = await startStage(environment, { clock, passwords: cheapPasswords() });
  const [ann, ben] = [await stage.guest('Ann'), await stage.guest('Ben')];
  const service = await minted(stage, { sub: 'backend', role: 'service' });
  const call = async (who: Guest, method: string, path: string, body?: object) => {
    const reply = await ask(stage, method, path, who, body);
    const text = await reply.text();
    expect([200, 201, 202, 204], `${method} ${path}: ${text}`).toContain(reply.status);
    return text === '' ? {} : JSON.parse(text);
  };
  const open = async (body: object = {}): Promise<string> =>
    (await call(ann, 'POST', '/rooms', body)).room.id;
  const database = new Database(stage.server.config.databasePath, { readonly: true });
  onTestFinished(() => void database.close());
  const waiting = database
    .prepare<[], number>("SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting'")
    .pluck();
  /** Lets time go by once all is delivered, also for timers that are set meanwhile. */
  const pass = async (ms: number): Promise<void> => {
    await until(() => waiting.get() === 0);
    clock.advance(ms - 1_000);
    await turn();
    clock.advance(1_000);
  };
  /** What has been told of a room once it is closed. */
  const story = async (roomId: string): Promise<string[]> => {
    const ofRoom = () => told(receiver).filter((event) => event.roomId === roomId);
    await until(() => ofRoom().at(-1)?.type === 'room.closed');
    return ofRoom().map(({ type, displayName, reason, participants, room }) =>
      [type.replace('participant.', ''), displayName, reason, participants ?? room?.name]
        .filter((word) => word != null)
        .join(' '),
    );
  };
  return { clock, pass, receiver, stage, ann, ben, service, call, open, story };
}
type World = Awaited<ReturnType<typeof openWorld>>;

const join = (person: Person, roomId: string, more = {}) => person.request('room:join', { roomId, ...more });

interface Way {
  readonly title: string;
  /** Returns the room that is closed at the end. */
  readonly go: (world: World) => Promise<string>;
  /** What is told besides the beginning and the end of the room. */
  readonly told: readonly string[];
}

const WAYS: readonly Way[] = [
  {
    title: 'by `/ws`, and out by `session:bye`',
    async go({ open, ann }) {
      const roomId = await open();
      const person = await ann.inside(roomId);
      person.send('session:bye');
      await person.closed;
      return roomId;
    },
    told: ['joined Ann 1', 'left Ann hangup 0'],
  },
  {
    title: 'by `/ws/rooms/:roomId`, and out by `room:leave`',
    async go({ open, ann }) {
      const roomId = await open();
      const person = await ann.connect({ path: `/ws/rooms/${roomId}` });
      await person.next('room:joined');
      await person.request('room:leave');
      return roomId;
    },
    told: ['joined Ann 1', 'left Ann left 0'],
  },
  {
    title: 'by a held place, and out by POST /leave',
    async go({ open, ann, ben, call }) {
      const roomId = await open();
      await call(ann, 'POST', `/rooms/${roomId}/join`);
      await call(ben, 'POST', `/rooms/${roomId}/join`);
      await ann.inside(roomId);
      await call(ann, 'POST', `/rooms/${roomId}/leave`);
      return roomId;
    },
    told: ['joined Ann 1', 'left Ann left 0'],
  },
  {
    title: 'not by a held place that runs out',
    async go({ open, ben, call, pass, stage }) {
      const roomId = await open();
      await call(ben, 'POST', `/rooms/${roomId}/join`);
      await pass(PLACE_MS + 1_000);
      const reply = await stage.get(`/rooms/${roomId}`, ben.token);
      expect((await reply.json()).room.participants).toBe(0);
      return roomId;
    },
    told: [],
  },
  {
    title: 'into a room by GET /create',
    async go({ ann, call }) {
      const { roomId } = await call(ann, 'GET', '/create');
      await ann.inside(roomId);
      await call(ann, 'POST', '/auth/logout');
      return roomId;
    },
    told: ['joined Ann 1', 'left Ann left 0'],
  },
  {
    title: 'of a backend: into its rooms once its users come, and out by DELETE',
    async go({ stage, service, call }) {
      const { roomId } = await call(service, 'POST', '/rooms', { emptySeconds: 60, userId: 'zoe' });
      await call(service, 'POST', `/rooms/${roomId}/users/yan`, {});
      const zoe = await minted(stage, { sub: 'zoe', name: 'Zoe' });
      await zoe.inside(roomId);
      await call(service, 'DELETE', `/rooms/${roomId}/users/yan`);
      await call(service, 'DELETE', `/rooms/${roomId}/users/zoe`);
      return roomId;
    },
    told: ['joined Zoe 1', 'left Zoe kicked 0'],
  },
  {
    title: 'twice by the same user, who is two peers, and out by kick and ban',
    async go({ open, ann, ben }) {
      const roomId = await open();
      const host = await ann.inside(roomId);
      const [first, second] = [await ben.inside(roomId), await ben.inside(roomId)];
      await host.request('room:kick', { peerId: first.peerId });
      await first.closed;
      await host.request('room:kick', { peerId: second.peerId, ban: true });
      await second.closed;
      return roomId;
    },
    told: [
      ...['joined Ann 1', 'joined Ben 2', 'call.started 2', 'joined Ben 3'],
      ...['left Ben kicked 2', 'left Ben banned 1', 'call.ended 1', 'left Ann room_closed 0'],
    ],
  },
  {
    title: 'out by a connection that is lost for too long, not by one that comes back',
    async go({ open, ann, ben, pass }) {
      const roomId = await open();
      const [watcher, person] = [await ann.inside(roomId), await ben.inside(roomId)];
      person.cut();
      await watcher.next('peer:suspended');
      const back = person.resume();
      await back.welcome;
      await watcher.next('peer:resumed');
      back.cut();
      await watcher.next('peer:suspended');
      await pass(RESUME_WINDOW_MS + 1_000);
      await watcher.next('peer:left');
      return roomId;
    },
    told: [
      ...['joined Ann 1', 'joined Ben 2', 'call.started 2', 'left Ben timeout 1', 'call.ended 1'],
      'left Ann room_closed 0',
    ],
  },
  {
    title: 'out and in by a new session that takes the place of a lost one',
    async go({ open, ann, ben }) {
      const roomId = await open();
      const [watcher, person] = [await ann.inside(roomId), await ben.inside(roomId)];
      person.cut();
      await watcher.next('peer:suspended');
      await ben.inside(roomId);
      return roomId;
    },
    told: [
      ...['joined Ann 1', 'joined Ben 2', 'call.started 2', 'left Ben replaced 1', 'joined Ben 2'],
      ...['left Ann room_closed 1', 'left Ben room_closed 0', 'call.ended 0'],
    ],
  },
  {
    title: 'out by `room:close`, after a lock that is told as a change',
    async go({ open, ann }) {
      const roomId = await open({ name: 'Tea' });
      const host = await ann.inside(roomId);
      await host.request('room:lock', { locked: true });
      await host.request('room:lock', { locked: true });
      host.send('room:close', undefined, 9);
      return roomId;
    },
    told: ['joined Ann 1', 'room.updated Tea', 'left Ann room_closed 0'],
  },
  {
    title: 'of a room with a waiting room, and who still waits at its end',
    async go({ open, ann, ben, stage, call }) {
      const roomId = await open({ waitingRoom: true });
      const host = await ann.inside(roomId);
      const cem = await stage.guest('Cem');
      const { knock } = await call(cem, 'POST', `/rooms/${roomId}/join`);
      await call(ann, 'POST', `/rooms/${roomId}/knocks/${knock.knockId}`, { admit: true });
      const person = await cem.inside(roomId);
      await join(await ben.connect(), roomId);
      const { payload } = await host.next('room:knocks', (frame) => JSON.stringify(frame).includes('Ben'));
      expect(payload.items).toHaveLength(1);
      const dan = await stage.guest('Dan');
      await call(dan, 'POST', `/rooms/${roomId}/join`);
      // Who gives up makes no event.
      await call(dan, 'POST', `/rooms/${roomId}/leave`);
      const eve = await stage.guest('Eve');
      await call(eve, 'POST', `/rooms/${roomId}/join`);
      await call(ann, 'PATCH', `/rooms/${roomId}`, { locked: true });
      await host.request('room:kick', { peerId: person.peerId });
      return roomId;
    },
    told: [
      ...['joined Ann 1', 'knocked Cem 1', 'admitted Cem 1', 'joined Cem 2', 'call.started 2'],
      ...['knocked Ben 2', 'knocked Dan 2', 'knocked Eve 2', 'room.updated'],
      ...['left Cem kicked 1', 'call.ended 1', 'left Ann room_closed 0'],
      ...['refused Ben room_not_found 0', 'refused Eve room_not_found 0'],
    ],
  },
  {
    title: 'until the room vanishes, as one of a backend does at once',
    async go({ stage, service, call }) {
      const { roomId } = await call(service, 'POST', '/rooms', {});
      const zoe = await (await minted(stage, { sub: 'zoe', name: 'Zoe' })).inside(roomId);
      await zoe.request('room:leave');
      return roomId;
    },
    told: ['joined Zoe 1', 'left Zoe left 0'],
  },
  {
    title: 'until the room vanishes after its `emptySeconds`',
    async go({ open, ann, pass }) {
      const roomId = await open({ emptySeconds: 60 });
      await (await ann.inside(roomId)).request('room:leave');
      await pass(62_000);
      return roomId;
    },
    told: ['joined Ann 1', 'left Ann left 0'],
  },
  {
    title: 'until `expiresAt`, which the room outlives',
    async go({ open, ann, ben, clock, pass }) {
      const expiresAt = new Date(clock.now() + 30_000).toISOString();
      const roomId = await open({ expiresAt, endAtExpiry: true });
      const [first] = [await ann.inside(roomId), await ben.inside(roomId)];
      await pass(31_000);
      await first.closed;
      return roomId;
    },
    told: [
      ...['joined Ann 1', 'joined Ben 2', 'call.started 2'],
      ...['left Ann room_closed 1', 'call.ended 1', 'left Ben room_closed 0'],
    ],
  },
];

it.each(WAYS)('[CT5] are told of who comes in and goes: $title', async ({ go, told }) => {
  const world = await openWorld();
  const roomId = await go(world);
  const { status } = await ask(world.stage, 'DELETE', `/rooms/${roomId}`, world.service);
  expect([200, 404]).toContain(status);
  const story = await world.story(roomId);
  const name = story[0]?.replace('room.created', '') ?? '';
  expect(story).toEqual([`room.created${name}`, ...told, `room.closed${name}`]);
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
