import { describe, expect, it } from 'vitest';
import { ADDED_PER_ROOM, ADDED_USERS, createAdded } from '../../src/control/added.ts';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import type { RoomRecord } from '../../src/rooms/rooms.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { nobodyExpected } from '../support/fakes/control.ts';
import { PLAIN_ROOM } from '../support/server/rooms.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a' as RoomId;
const ADA = 'ada' as UserId;

/** Rooms that exist under any id, and have a place for everybody. */
function setUp() {
  const expected = nobodyExpected();
  const room: RoomRecord = { ...PLAIN_ROOM, id: ROOM, ownerId: null, createdAt: '2026-01-01T00:00:00.000Z' };
  const added = createAdded({
    rooms: {
      find: (id: RoomId) => ({ ...room, id }),
      expectsOneLess: async () => {},
      reconsider: () => {},
      tokens: { mark: async () => {} },
      bans: { has: () => false },
    },
    hub: {
      liveRooms: { expected, hasRoomFor: () => true, forgetUser: () => {}, membersOf: () => [] },
      putOut: () => {},
      leaveRoom: () => {},
    },
    waitingRoom: { letInUser: async () => {} },
    people: { peersOf: () => [], find: () => undefined },
    store: { put: () => true, remove: () => {}, arrivedSoon: () => {}, removeSoon: () => {}, all: () => [] },
    atomically: (work: () => unknown) => work(),
    accounts: { introduce: async () => {} },
    clock: new FakeClock(),
  } as unknown as Parameters<typeof createAdded>[0]);
  const put = (roomId: string, userId: string): void =>
    expected.added.put({
      roomId: roomId as RoomId,
      userId: userId as UserId,
      userInfo: null,
      expected: false,
      addedAt: 0,
    });
  return { added, expected, put };
}

describe('users whom a backend has added', () => {
  it('[CT0] are at most 1,000 to a room, those who have come in too; adding again is no more', async () => {
    const { added, expected, put } = setUp();
    for (let n = 1; n < ADDED_PER_ROOM; n += 1) put(ROOM, `user-${n}`);
    await added.add(ROOM, ADA, 1);
    const more = added.add(ROOM, 'ben' as UserId, 1);
    await expect(more).rejects.toMatchObject({ code: 'limit_reached' });
    await added.add(ROOM, ADA, 2);
    expect(expected.added.find(ROOM, ADA)?.userInfo).toBe(2);
    expect(expected.added.countIn(ROOM)).toBe(ADDED_PER_ROOM);
  });

  it('[CT0] are at most 100,000 to all rooms, also those of new rooms', async () => {
    const { added, expected, put } = setUp();
    for (let n = 0; n < ADDED_USERS; n += 1) put(`room-${n % 200}`, `user-${n}`);
    const refusal = { code: 'limit_reached' };
    await expect(added.add(ROOM, ADA, 1)).rejects.toMatchObject(refusal);
    const create = () => Promise.reject(new Error('no room may be made'));
    await expect(added.createRoom(ADA, 1, create)).rejects.toMatchObject(refusal);
    expected.added.remove('room-0' as RoomId, 'user-0');
    await added.add(ROOM, ADA, 1);
    expect(expected.added.size).toBe(ADDED_USERS);
  });

  it('[RM5] leave nothing behind if their room can’t be stored', async () => {
    const { added, expected } = setUp();
    const refused = added.createRoom(ADA, 1, async (store) => {
      await store(() => true, ROOM);
      throw new Error('the disk is full');
    });
    await expect(refused).rejects.toThrow('the disk is full');
    expect(expected.added.size).toBe(0);
    const taken = added.createRoom(ADA, 1, async (store) => {
      expect(await store(() => false, ROOM)).toBe(false);
      throw new Error('taken');
    });
    await expect(taken).rejects.toThrow('taken');
    expect(expected.added.size).toBe(0);
  });
});
