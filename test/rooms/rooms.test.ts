import { describe, expect, it } from 'vitest';
import { type RoomId, randomIds, type UserId } from '../../src/domain/ids.ts';
import { guardTimers } from '../../src/lib/guarded-clock.ts';
import { createLog, type Log, silentLog } from '../../src/lib/log.ts';
import { EMPTY_SECONDS } from '../../src/protocol/limits.ts';
import { BANS_PER_ROOM } from '../../src/rooms/bans.ts';
import { Creations, type Creator } from '../../src/rooms/creations.ts';
import { createRooms, type Rooms } from '../../src/rooms/rooms.ts';
import { UNUSED_ROOM_MS } from '../../src/rooms/unused-rooms.ts';
import type { RoomStore } from '../../src/store/contract.ts';
import type { SqliteStore } from '../../src/store/sqlite/open.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { nobodyExpected } from '../support/fakes/control.ts';
import { NO_KNOCKS } from '../support/fakes/waiting-room.ts';
import { cheapPasswords, identity } from '../support/server/accounts.ts';
import { temporaryDatabase, temporaryStore } from '../support/server/database.ts';
import { until } from '../support/until.ts';

const ANN = 'ann' as UserId;
const NOWHERE = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a' as RoomId;
const ELSEWHERE = '8d5e2c1a-9d4a-4c57-8b6f-0a1d2e3c4b5a' as RoomId;
const PASSWORD = 'correct horse';
const SWEEP_MS = 5_000;
const EMPTY_ROOM_MS = EMPTY_SECONDS.default * 1_000;
const HOUR_MS = 3_600_000;

describe('a new room', () => {
  it('has the defaults of the contract', async () => {
    const { rooms } = setUp();
    const room = await rooms.create(creator(), {});
    expect(room).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: null,
      ownerId: 'ann',
      max: 8,
      hasPassword: false,
      locked: false,
      persistent: false,
      listed: false,
      waitingRoom: false,
      chat: 'all',
      relayOnly: false,
      notBefore: null,
      expiresAt: null,
      endAtExpiry: false,
      emptySeconds: 86_400,
      metadata: null,
      createdAt: '2026-01-01T00:00:00.000Z',
    });
    expect(rooms.find(room.id)).toEqual(room);
  });

  it('keeps what was requested, its password as a hash', async () => {
    const { rooms, store } = setUp();
    const room = await rooms.create(creator(), {
      name: 'Standup',
      max: 4,
      password: PASSWORD,
      persistent: true,
      listed: true,
    });
    expect(room).toMatchObject({
      name: 'Standup',
      max: 4,
      hasPassword: true,
      persistent: true,
      listed: true,
    });
    expect(JSON.stringify(room)).not.toContain('scrypt');
    expect(store.rooms.find(room.id)?.passwordHash).toMatch(/^\$scrypt\$/);
  });

  it('survives a restart, with its password', async () => {
    const path = temporaryDatabase();
    const before = setUp({ path });
    const room = await before.rooms.create(creator(), { name: 'Standup', password: PASSWORD });
    before.store.close();
    const { rooms } = setUp({ path });
    expect(rooms.find(room.id)).toEqual(room);
    expect(await rooms.admit(admission(room.id, { user: 'cem', password: PASSWORD }))).toMatchObject({
      room,
    });
  });
});

describe('a ban', () => {
  it('[RM6] is refused in a room that has too many, and can be repeated', async () => {
    const { rooms, store, clock } = setUp();
    const { id } = await rooms.create(creator(), {});
    for (let n = 0; n < BANS_PER_ROOM; n += 1) {
      const user = `user-${n}` as UserId;
      store.users.insert({
        id: user,
        kind: 'guest',
        username: null,
        displayName: null,
        createdAt: clock.now(),
      });
      await rooms.bans.add(id, user);
    }
    await expect(rooms.bans.add(id, 'bob' as UserId)).rejects.toMatchObject({ code: 'limit_reached' });
    await rooms.bans.add(id, 'user-0' as UserId);
    expect(store.bans.countIn(id)).toBe(BANS_PER_ROOM);
    expect(() => rooms.admit(admission(id, { user: 'user-7' }))).toThrow(
      expect.objectContaining({ code: 'banned' }),
    );
    expect(rooms.admit(admission(id, { user: 'bob' }))).toMatchObject({ room: { id } });
  });

  it('[RM6] ends with its room', async () => {
    const { rooms, store } = setUp();
    const { id } = await rooms.create(creator(), {});
    await rooms.bans.add(id, 'bob' as UserId);
    await rooms.remove(id);
    expect(store.bans.countIn(id)).toBe(0);
    expect(() => rooms.admit(admission(id))).toThrow(expect.objectContaining({ code: 'room_not_found' }));
  });
});

describe('admission', () => {
  it('[RM1] is immediate without a password', async () => {
    const { rooms } = setUp();
    const room = await rooms.create(creator(), {});
    expect(rooms.admit(admission(room.id))).toMatchObject({ room });
    expect(rooms.admit(admission(room.id, { password: 'not needed' }))).toMatchObject({ room });
  });

  it('[RM1] is refused if there is no such room', () => {
    const { rooms } = setUp();
    for (const id of [NOWHERE, '__proto__', '']) {
      expect(() => rooms.admit(admission(id as RoomId))).toThrow('There is no such room.');
    }
  });

  it('[RM1] needs the password, and is refused with a wrong one', async () => {
    const { rooms } = setUp();
    const room = await rooms.create(creator(), { password: PASSWORD });
    expect(() => rooms.admit(admission(room.id, { user: 'cem' }))).toThrow(
      expect.objectContaining({ code: 'password_required' }),
    );
    for (const password of ['wrong horse', '']) {
      await expect(rooms.admit(admission(room.id, { user: 'cem', password }))).rejects.toMatchObject({
        code: 'wrong_password',
      });
    }
    expect(await rooms.admit(admission(room.id, { user: 'cem', password: PASSWORD }))).toMatchObject({
      room,
    });
  });

  it('[TK4] needs no password with a token for the room', async () => {
    const { rooms } = setUp();
    const room = await rooms.create(creator(), { password: PASSWORD });
    expect(rooms.admit(admission(room.id, { roomId: room.id }))).toMatchObject({ room });
  });

  it('[TK4] is forbidden with a token for another room, unless there is no such room', async () => {
    const { rooms } = setUp();
    const room = await rooms.create(creator(), { password: PASSWORD });
    const attempt = (id: RoomId) => () => rooms.admit(admission(id, { roomId: NOWHERE, password: PASSWORD }));
    expect(attempt(room.id)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(attempt(ELSEWHERE)).toThrow(expect.objectContaining({ code: 'room_not_found' }));
  });

  it('[RM1] is refused for the first reason in the order of the contract', async () => {
    const { rooms } = setUp();
    const { id } = await rooms.create(creator(), { password: PASSWORD });
    await rooms.setLocked(id, true);
    await rooms.bans.add(id, 'bob' as UserId);
    const refusal = (user: string, opens?: RoomId, password?: string) => {
      try {
        rooms.admit(admission(id, { user, ...(opens && { roomId: opens }), ...(password && { password }) }));
      } catch (error) {
        return error;
      }
    };
    const code = (expected: string) => expect.objectContaining({ code: expected });
    expect(refusal('bob', ELSEWHERE)).toEqual(code('forbidden'));
    expect(refusal('bob')).toEqual(code('banned'));
    expect(refusal('bob', id)).toEqual(code('banned'));
    expect(refusal('cem')).toEqual(code('room_locked'));
    expect(refusal('cem', undefined, 'wrong horse')).toEqual(code('room_locked'));
    await rooms.setLocked(id, false);
    expect(refusal('cem')).toEqual(code('password_required'));
    await rooms.remove(id);
    expect(refusal('bob', ELSEWHERE)).toEqual(code('room_not_found'));
  });

  it('[RM8] needs no password and ignores the lock if a session of the user is suspended inside', async () => {
    const { rooms, away } = setUp();
    const room = await rooms.create(creator(), { password: PASSWORD });
    await rooms.setLocked(room.id, true);
    expect(() => rooms.admit(admission(room.id, { user: 'bob' }))).toThrow(
      expect.objectContaining({ code: 'room_locked' }),
    );
    away.add('bob' as UserId);
    for (const password of [undefined, 'wrong horse'])
      expect(rooms.admit(admission(room.id, { user: 'bob', ...(password && { password }) }))).toMatchObject({
        room: { id: room.id },
      });
    await rooms.bans.add(room.id, 'bob' as UserId);
    expect(() => rooms.admit(admission(room.id, { user: 'bob' }))).toThrow(
      expect.objectContaining({ code: 'banned' }),
    );
  });

  it('[TK4] is decided by the token that the session has after the password check', async () => {
    const { rooms } = setUp();
    const { id } = await rooms.create(creator(), { password: PASSWORD });
    const bearer = { identity: identity('cem') };
    const admitted = rooms.admit({ ...admission(id, { user: 'cem', password: PASSWORD }), bearer });
    bearer.identity = identity('cem', { roomId: ELSEWHERE });
    await expect(admitted).rejects.toMatchObject({ code: 'forbidden' });
    bearer.identity = identity('cem', { roomId: id });
    expect(
      await rooms.admit({ ...admission(id, { user: 'cem', password: PASSWORD }), bearer }),
    ).toMatchObject({
      room: { id },
    });
  });

  it('[RM1] notices that the room vanished during the password check', async () => {
    const { rooms, clock } = setUp();
    const room = await rooms.create(creator(), { password: PASSWORD });
    const admitted = rooms.admit(admission(room.id, { user: 'cem', password: PASSWORD }));
    clock.advance(UNUSED_ROOM_MS + SWEEP_MS);
    await expect(admitted).rejects.toMatchObject({ code: 'room_not_found' });
  });
});

describe('the life of a room', () => {
  it('[RM5] ends after a day if nobody ever joins', async () => {
    const { rooms, clock } = setUp();
    const room = await rooms.create(creator(), {});
    clock.advance(UNUSED_ROOM_MS - 1);
    expect(rooms.find(room.id)).toBeDefined();
    clock.advance(SWEEP_MS);
    expect(rooms.find(room.id)).toBeUndefined();
  });

  it('[RM5] is tried again later if it is in use and the store refuses, late, to put its end off', async () => {
    const logged: string[] = [];
    const log = createLog({ level: 'error', now: () => 0, write: (line) => logged.push(line) });
    let refusals = 0;
    const setVanishing = (): Promise<void> => {
      refusals += 1;
      return Promise.reject(new Error('the store is away'));
    };
    const { rooms, clock, inside } = setUp({ over: { setVanishing }, log });
    const [used, unused] = [await rooms.create(creator(), {}), await rooms.create(creator(), {})];
    inside.add(used.id);
    clock.advance(UNUSED_ROOM_MS + SWEEP_MS);
    expect(refusals).toBe(1);
    await until(() => logged.length === 1);
    expect(logged[0]).toContain('the store is away');
    expect([rooms.find(used.id), rooms.find(unused.id)]).toEqual([used, undefined]);
    clock.advance(SWEEP_MS);
    expect(refusals).toBe(2);
  });

  it('[RM5] ends a day after the last peer left, and not while somebody is inside', async () => {
    const { rooms, clock, inside } = setUp();
    const room = await rooms.create(creator(), {});
    inside.add(room.id);
    clock.advance(2 * UNUSED_ROOM_MS);
    expect(rooms.find(room.id)).toBeDefined();
    inside.clear();
    await rooms.emptied(room.id);
    clock.advance(EMPTY_ROOM_MS - 1);
    inside.add(room.id);
    clock.advance(EMPTY_ROOM_MS);
    inside.clear();
    await rooms.emptied(room.id);
    clock.advance(EMPTY_ROOM_MS - 1);
    expect(rooms.find(room.id)).toBeDefined();
    clock.advance(SWEEP_MS);
    expect(rooms.find(room.id)).toBeUndefined();
  });

  it.each([1, 60, 3_600, 86_399])('[RM5] ends after its `emptySeconds`: %i', async (emptySeconds) => {
    const { rooms, clock } = setUp();
    const room = await rooms.create(creator(), { emptySeconds });
    expect(room.emptySeconds).toBe(emptySeconds);
    await rooms.emptied(room.id);
    clock.advance(emptySeconds * 1_000 - 1);
    expect(rooms.find(room.id)).toBeDefined();
    clock.advance(SWEEP_MS);
    expect(rooms.find(room.id)).toBeUndefined();
  });

  it.each([1, 3, 7, 86_399])('[RM5] ends on time after its `emptySeconds`: %i', async (emptySeconds) => {
    const { rooms, clock } = setUp();
    const left = await rooms.create(creator(), { emptySeconds });
    const changed = await rooms.create(creator(), { emptySeconds, persistent: true });
    clock.advance(1_234);
    await rooms.emptied(left.id);
    await rooms.emptied(changed.id);
    clock.advance(321);
    await rooms.change(changed.id, { change: { persistent: false }, isExpected: () => true });
    clock.advance(emptySeconds * 1_000 - 322);
    expect(rooms.find(left.id)).toBeDefined();
    clock.advance(1);
    expect(rooms.find(left.id)).toBeUndefined();
    clock.advance(320);
    expect(rooms.find(changed.id)).toBeDefined();
    clock.advance(1);
    expect(rooms.find(changed.id)).toBeUndefined();
  });

  it('[RM5] ends at once with `emptySeconds: 0`, or a day after its creation if nobody ever joined', async () => {
    const { rooms, clock } = setUp();
    const [used, unused] = [
      await rooms.create(creator(), { emptySeconds: 0 }),
      await rooms.create(creator(), { emptySeconds: 0 }),
    ];
    await rooms.emptied(used.id);
    expect(rooms.find(used.id)).toBeUndefined();
    clock.advance(UNUSED_ROOM_MS - 1);
    expect(rooms.find(unused.id)).toBeDefined();
    clock.advance(SWEEP_MS);
    expect(rooms.find(unused.id)).toBeUndefined();
  });

  it('[RM5] doesn’t end by itself if it is persistent', async () => {
    const { rooms, clock } = setUp();
    const room = await rooms.create(creator(), { persistent: true, emptySeconds: 0 });
    await rooms.emptied(room.id);
    clock.advance(10 * UNUSED_ROOM_MS);
    expect(rooms.find(room.id)).toEqual(room);
  });

  it.each([
    ['a day ago and used ever since', UNUSED_ROOM_MS - 1, () => {}],
    ['and empty for nearly a day', EMPTY_ROOM_MS - 1, ({ emptied }: Rooms, id: RoomId) => emptied(id)],
  ])(
    '[RM5] goes on for an hour after a crash with people inside, if it was created %s',
    async (_, ms, begin) => {
      const path = temporaryDatabase();
      const before = setUp({ path });
      const [back, left] = [
        await before.rooms.create(creator(), {}),
        await before.rooms.create(creator(), {}),
      ];
      for (const { id } of [back, left]) await begin(before.rooms, id);
      before.clock.advance(ms);
      for (const { id } of [back, left]) before.inside.add(id);
      before.store.close();
      const { rooms, clock, inside } = setUp({ path, at: before.clock.now() });
      inside.add(back.id);
      clock.advance(HOUR_MS - 1);
      expect(rooms.find(left.id)).toBeDefined();
      clock.advance(SWEEP_MS);
      expect(rooms.find(left.id)).toBeUndefined();
      expect(rooms.find(back.id)).toBeDefined();
    },
  );

  it('leaves no timer behind when it is closed', () => {
    const { rooms, clock } = setUp();
    rooms.close();
    expect(clock.pending).toBe(0);
  });
});

interface SetUp {
  readonly path?: string;
  readonly at?: number;
  readonly over?: Partial<SqliteStore['rooms']> & Partial<Pick<RoomStore, 'setVanishing'>>;
  readonly log?: Log;
}

function setUp({ path, at, over, log = silentLog }: SetUp = {}) {
  const clock = new FakeClock(at);
  const store = temporaryStore(path);
  for (const id of [ANN, 'bob' as UserId]) {
    store.users.insert({ id, kind: 'registered', username: null, displayName: null, createdAt: clock.now() });
  }
  const inside = new Set<string>();
  const away = new Set<string>();
  const rooms = createRooms({
    store: { ...store.rooms, ...over },
    bans: store.bans,
    roomRights: store.roomRights,
    roomInvitations: store.roomInvitations,
    roomTokenMarks: store.roomTokenMarks,
    creations: new Creations({ clock, creators: 'everyone', hasRelay: true }),
    passwords: cheapPasswords(),
    liveRooms: {
      countIn: (id) => (inside.has(id) ? 1 : 0),
      hasPlace: (_, userId) => away.has(userId),
      isInside: (_, userId) => away.has(userId),
      isOccupied: (id) => inside.has(id),
      expected: nobodyExpected(),
      release: () => {},
    },
    knocks: NO_KNOCKS,
    clock: guardTimers(clock, log),
    ids: randomIds,
    log: silentLog,
  });
  return { rooms, store, clock, inside, away };
}

function admission(
  roomId: RoomId,
  {
    user = 'bob',
    roomId: opens,
    password,
    address = '192.0.2.1',
  }: { user?: string; roomId?: RoomId; password?: string; address?: string } = {},
) {
  return {
    roomId,
    identity: identity(user, opens === undefined ? {} : { roomId: opens }),
    password,
    client: { address },
  };
}

/** Somebody with an account. */
function creator(id: string = ANN): Creator {
  return { identity: identity(id, { kind: 'registered' }), client: { address: '192.0.2.1' } };
}
