import { describe, expect, it } from 'vitest';
import { type PeerId, type RoomId, randomIds, type UserId } from '../../src/domain/ids.ts';
import type { LeaveReason } from '../../src/protocol/events.ts';
import { CALLS_PER_ROOM, CallLog, COUNTED_ROOMS } from '../../src/rooms/call-log.ts';
import { PEOPLE_PER_CALL } from '../../src/rooms/ongoing-call.ts';
import { createPastCalls, PAST_CALL_MS, PEOPLE_PER_PAGE } from '../../src/rooms/past-calls.ts';
import type { Participant } from '../../src/signaling/hub.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryDatabase, temporaryStore } from '../support/server/database.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';

const R = 'r' as RoomId;
const SECOND_MS = 1_000;

describe('the log of calls', () => {
  it('counts for each user the time inside from the second one on, in however many pieces and peers', async () => {
    const { clock, join, leave, list } = setUp();
    join('ann');
    clock.advance(100 * SECOND_MS);
    join('bob');
    clock.advance(10 * SECOND_MS);
    join('bob', 'tab');
    leave('bob');
    clock.advance(10 * SECOND_MS);
    join('cem');
    leave('bob', 'left', 'tab');
    clock.advance(10 * SECOND_MS);
    join('bob');
    clock.advance(5 * SECOND_MS);
    leave('cem');
    leave('ann');
    expect(await list()).toEqual([
      {
        id: expect.any(String),
        startedAt: '2026-01-01T00:01:40.000Z',
        endedAt: '2026-01-01T00:02:15.000Z',
        peak: 3,
        participants: [
          { userId: 'ann', displayName: 'ann', seconds: 35 },
          { userId: 'bob', displayName: 'bob', seconds: 25 },
          { userId: 'cem', displayName: 'cem', seconds: 15 },
        ],
      },
    ]);
  });

  it('writes nothing while somebody joins, and once for all who did soon after', () => {
    const { store, clock, join } = setUp();
    const before = store.changes();
    for (const id of ['ann', 'bob', 'cem']) join(id);
    expect(store.changes()).toBe(before);
    clock.advance(200);
    expect(store.changes()).toBe(before + 5);
    clock.advance(9 * SECOND_MS);
    expect(store.changes()).toBe(before + 5);
  });

  it('stores many calls a part at a time', () => {
    const { store, log, clock } = setUp({ rooms: 500 });
    for (let n = 0; n < 500; n += 1) {
      const joined = { peerId: 'p' as PeerId, userId: 'ann' as UserId, displayName: null };
      log.joined({ ...joined, roomId: `room-${n}` as RoomId });
    }
    const stored = [200, 20, 20, 20].map((ms) => {
      clock.advance(ms);
      return store.calls.ongoing().length;
    });
    expect(stored).toEqual([200, 400, 500, 500]);
  });

  it('stores the end of a call at once', async () => {
    const { store, join, leave, list } = setUp();
    join('ann');
    join('bob');
    leave('bob');
    expect(store.calls.ongoing()).toEqual([]);
    expect(await list()).toMatchObject([{ participants: [{ userId: 'ann' }, { userId: 'bob' }] }]);
  });

  it('ends a call at the last sign of life if the process died, within 10 s', async () => {
    const path = temporaryDatabase();
    const before = setUp({ path });
    before.join('ann');
    before.join('bob');
    before.clock.advance(60 * SECOND_MS);
    before.clock.advance(9 * SECOND_MS);
    before.store.close();
    const { log, list } = setUp({ path, at: before.clock.now() + 3_600_000 });
    await log.restore();
    const [call] = await list();
    expect(call).toMatchObject({
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:01:00.000Z',
      participants: [{ seconds: 60 }, { seconds: 60 }],
    });
    expect(log.size).toBe(0);
  });

  it('goes on with a call whose people came back after a restart, and ends one without', async () => {
    const path = temporaryDatabase();
    const before = setUp({ path });
    for (const id of ['ann', 'bob', 'cem']) before.join(id);
    before.clock.advance(10 * SECOND_MS);
    before.log.close();
    before.store.close();
    const { log, clock, leave, restored, list } = setUp({ path, at: before.clock.now() + 5 * SECOND_MS });
    restored('ann', 'bob');
    await log.restore();
    expect([log.size, await list()]).toEqual([1, []]);
    clock.advance(10 * SECOND_MS);
    leave('ann');
    expect(await list()).toMatchObject([
      {
        peak: 3,
        participants: [
          { userId: 'ann', seconds: 25 },
          { userId: 'bob', seconds: 25 },
          { userId: 'cem', seconds: 10 },
        ],
      },
    ]);
  });

  it('[RM8] does not end a call while somebody takes their own place', async () => {
    const { clock, join, leave, list, log } = setUp();
    join('ann');
    join('bob');
    clock.advance(5 * SECOND_MS);
    leave('bob', 'replaced');
    join('bob', 'another');
    expect([log.size, await list()]).toEqual([1, []]);
    clock.advance(5 * SECOND_MS);
    leave('bob', 'left', 'another');
    expect(await list()).toMatchObject([{ peak: 2, participants: [{ seconds: 10 }, { seconds: 10 }] }]);
  });

  it(`notes at most ${PEOPLE_PER_CALL} people of a call`, async () => {
    const { join, leave, list } = setUp({ users: PEOPLE_PER_CALL + 5 });
    join('ann');
    for (let n = 0; n < PEOPLE_PER_CALL + 5; n += 1) {
      join(`user-${n}`);
      if (n > 0) leave(`user-${n - 1}`);
    }
    leave('ann');
    expect((await list())[0]?.participants).toHaveLength(PEOPLE_PER_CALL);
  });

  it(`keeps the newest ${CALLS_PER_ROOM} calls of a room, and up to 100 more`, () => {
    const { clock, store, join, leave } = setUp();
    join('ann');
    for (let n = 0; n < CALLS_PER_ROOM + 201; n += 1) {
      clock.advance(1);
      join('bob');
      leave('bob');
    }
    const kept = store.calls.page(R, { after: null, limit: 2 * CALLS_PER_ROOM, people: 1e9, endedAfter: 0 });
    expect(kept).toHaveLength(CALLS_PER_ROOM + 1);
    expect(kept[0]?.endedAt).toBe(clock.now());
  });

  it(`counts the ended calls of ${COUNTED_ROOMS} rooms at a time, and forgets the oldest count`, () => {
    const trimmed: RoomId[] = [];
    const members: Pick<Participant, 'peerId' | 'userId' | 'displayName'>[] = [];
    const peer = { peerId: 'ann' as PeerId, userId: 'ann' as UserId, displayName: 'Ann' };
    const log = new CallLog({
      store: {
        ...temporaryStore().calls,
        save() {},
        noteAlive() {},
        trim: (id: RoomId) => void trimmed.push(id),
      },
      liveRooms: { membersOf: () => members as Participant[] },
      clock: new FakeClock(),
      ids: randomIds,
    });
    const end = (roomId: string, times = 1) => {
      for (let n = 0; n < times; n += 1) {
        members.splice(0, 2, peer, peer);
        log.joined({ ...peer, roomId: roomId as RoomId });
        members.pop();
        log.left({ ...peer, roomId: roomId as RoomId, reason: 'left' });
      }
    };
    end('a', 99);
    end('b', 99);
    for (let n = 0; n < COUNTED_ROOMS - 1; n += 1) end(`room ${n}`);
    end('b');
    end('a');
    expect(trimmed).toEqual(['b']);
  });

  it('survives a clock that is set back', async () => {
    const { clock, join, leave, list } = setUp();
    join('ann');
    join('bob');
    clock.jump(-60 * SECOND_MS);
    leave('bob');
    const [call] = await list();
    expect(call).toMatchObject({ participants: [{ seconds: 0 }, { seconds: 0 }] });
    expect(call?.endedAt).toBe(call?.startedAt);
  });

  it('leaves no timer behind', () => {
    const { clock, log, past, join } = setUp();
    join('ann');
    join('bob');
    log.close();
    past.close();
    expect(clock.pending).toBe(0);
  });
});

describe('past calls', () => {
  it('are shown for 90 days, and swept after that', async () => {
    const { clock, store, join, leave, list } = setUp();
    join('ann');
    for (let n = 0; n < 120; n += 1) {
      join('bob');
      leave('bob');
    }
    clock.advance(PAST_CALL_MS - SECOND_MS);
    expect(await list()).toHaveLength(100);
    clock.jump(SECOND_MS);
    expect(await list()).toHaveLength(0);
    clock.jump(-SECOND_MS);
    clock.advance(61 * SECOND_MS);
    for (let n = 0; n < 20; n += 1) {
      await Promise.resolve();
      clock.advance(20);
    }
    expect(store.calls.page(R, { after: null, limit: 1, people: 9_999, endedAfter: 0 })).toEqual([]);
  });

  it('[HT4] are listed in pages that have as many people as two calls can have, without a gap', async () => {
    const { past, store, clock } = setUp({ users: PEOPLE_PER_CALL });
    const users = Array.from({ length: PEOPLE_PER_CALL }, (_, n) => `user-${n}` as UserId);
    const people = users.map((userId) => ({ userId, displayName: null, insideMs: 1, insideSince: null }));
    const start = clock.now();
    for (let n = 0; n < 5; n += 1) {
      const about = { startedAt: start + n, endedAt: start + n + 1, peak: 2 };
      store.calls.save({ id: `call ${n}`, roomId: R, ...about }, n === 4 ? people.slice(0, 3) : people);
    }
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const { items, nextCursor } = await past.list(R, { limit: 100, after });
      pages.push(items.map(({ id }) => id));
      const counted = items.reduce((sum, { participants }) => sum + participants.length, 0);
      expect(counted).toBeLessThanOrEqual(PEOPLE_PER_PAGE);
      after = nextCursor ?? undefined;
    } while (after !== undefined);
    expect(pages).toEqual([['call 4', 'call 3'], ['call 2', 'call 1'], ['call 0']]);
  });
});

interface SetUp {
  readonly path?: string;
  readonly at?: number;
  readonly users?: number;
  /** Rooms besides `r`, each with two inside. */
  readonly rooms?: number;
}

function setUp({ path, at, users = 0, rooms = 0 }: SetUp = {}) {
  const clock = new FakeClock(at);
  const store = temporaryStore(path);
  const ids = ['ann', 'bob', 'cem', ...Array.from({ length: users }, (_, n) => `user-${n}`)];
  for (const id of ids) {
    const user = { id: id as UserId, kind: 'registered', username: null, displayName: id } as const;
    store.users.insert({ ...user, createdAt: 0 });
  }
  store.rooms.insert({ ...PLAIN_ROW, id: R, ownerId: 'ann' as UserId, createdAt: 0 }, null);
  let inside: Pick<Participant, 'peerId' | 'userId' | 'displayName'>[] = [];
  for (let n = 0; n < rooms; n += 1) {
    const room = { ...PLAIN_ROW, id: `room-${n}` as RoomId, ownerId: 'ann' as UserId, createdAt: 0 };
    store.rooms.insert(room, null);
  }
  const two = ['ann', 'bob'].map((user) => ({ userId: user as UserId, displayName: user }));
  const membersOf = (roomId: string) => (roomId === R ? inside : two) as Participant[];
  const log = new CallLog({ store: store.calls, liveRooms: { membersOf }, clock, ids: randomIds });
  const past = createPastCalls({ store: store.calls, clock });
  const peer = (user: string, tab: string) => ({
    peerId: `${user} ${tab}` as PeerId,
    userId: user as UserId,
    displayName: user,
  });
  return {
    clock,
    store,
    log,
    past,
    restored: (...names: string[]) => {
      inside = names.map((user) => peer(user, ''));
    },
    join(user: string, tab = '') {
      const joined = peer(user, tab);
      inside.push(joined);
      log.joined({ ...joined, roomId: R });
    },
    leave(user: string, reason: LeaveReason = 'left', tab = '') {
      const left = peer(user, tab);
      inside = inside.filter(({ peerId }) => peerId !== left.peerId);
      log.left({ ...left, roomId: R, reason });
    },
    list: async () => (await past.list(R, { limit: 100, after: undefined })).items,
  };
}
