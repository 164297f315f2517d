import { expect } from 'vitest';
import { PLACE_MS } from '../../src/signaling/live-rooms/held-places.ts';
import { minted } from '../over-the-wire/hosting.ts';
import type { Person } from '../over-the-wire/stage.ts';
import { RESUME_WINDOW_MS, type World } from './ways-world.ts';

const join = (person: Person, roomId: string, more = {}) => person.request('room:join', { roomId, ...more });

interface Way {
  readonly title: string;
  /** Returns the room that is closed at the end. */
  readonly go: (world: World) => Promise<string>;
  /** What is told besides the beginning and the end of the room. */
  readonly told: readonly string[];
}

/** Ways in and out of rooms. */
export const WAYS: readonly Way[] = [
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
