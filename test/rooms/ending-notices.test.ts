import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import { isoTime } from '../../src/lib/iso-time.ts';
import { createEndingNotices } from '../../src/rooms/ending-notices.ts';
import type { Participant } from '../../src/signaling/hub.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryStore } from '../support/server/database.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';

const MINUTE_MS = 60_000;

describe('what those inside are told of the end of their room', () => {
  it('[CT6] comes five minutes and one minute ahead, on time and once', async () => {
    const { add, pass, told, inMs } = setUp();
    add('a', 6 * MINUTE_MS);
    add('b', 6 * MINUTE_MS + 130);
    add('empty', 6 * MINUTE_MS);
    add('stays', 6 * MINUTE_MS, false);
    const [a, b] = [`a ${inMs(6 * MINUTE_MS)}`, `b ${inMs(6 * MINUTE_MS + 130)}`];
    await pass(MINUTE_MS - 40);
    expect(told).toEqual([]);
    await pass(40);
    expect(told).toEqual([a]);
    await pass(140);
    expect(told).toEqual([a, b]);
    await pass(4 * MINUTE_MS - 200);
    expect(told).toEqual([a, b]);
    await pass(200);
    expect(told).toEqual([a, b, a, b]);
    await pass(2 * MINUTE_MS);
    expect(told).toHaveLength(4);
  });

  it('[CT6] comes for each of many rooms, a slice at a time', async () => {
    const { add, pass, told } = setUp();
    for (let n = 0; n < 250; n += 1) add(`room-${n}`, 5 * MINUTE_MS + 10);
    await pass(1_000);
    expect(new Set(told).size).toBe(250);
    expect(told).toHaveLength(250);
  });

  it('[CT6] is told again if the end is moved, at once if it is near, and never twice for the same time', async () => {
    const { add, pass, told, inMs, notices, clock } = setUp();
    const row = add('a', 5 * MINUTE_MS + 100);
    const first = inMs(5 * MINUTE_MS + 100);
    await pass(500);
    expect(told).toEqual([`a ${first}`]);
    const check = (atMs: number, endAtExpiry = true): void => {
      row(atMs);
      notices.check({ id: 'a' as RoomId, expiresAt: isoTime(atMs), endAtExpiry });
    };
    check(first, false);
    check(first);
    expect(told).toHaveLength(1);
    const later = clock.now() + 5 * MINUTE_MS + 140;
    check(later);
    expect(told).toHaveLength(1);
    await pass(120);
    expect(told).toHaveLength(1);
    await pass(20);
    expect(told.slice(1)).toEqual([`a ${later}`]);
    const near = clock.now() + 2 * MINUTE_MS;
    check(near);
    expect(told.slice(2)).toEqual([`a ${near}`]);
    await pass(MINUTE_MS);
    expect(told.slice(3)).toEqual([`a ${near}`]);
    const nearer = clock.now() + 30_000;
    check(nearer);
    expect(told.slice(4)).toEqual([`a ${nearer}`]);
    check(clock.now());
    check(clock.now() - 1);
    await pass(MINUTE_MS);
    expect(told).toHaveLength(5);
  });

  it('[CT6] after a restart is what the process before had not told, and the later one alone if both are due', async () => {
    const { add, pass, told, inMs, notices, clock } = setUp();
    add('told', 4 * MINUTE_MS);
    add('missed', 5 * MINUTE_MS - 10_000);
    add('both', MINUTE_MS - 10_000);
    add('over', -1_000);
    const [missed, both] = [`missed ${inMs(5 * MINUTE_MS - 10_000)}`, `both ${inMs(MINUTE_MS - 10_000)}`];
    await pass(1_000);
    expect(told).toEqual([]);
    notices.restore(clock.now() - 31_000);
    await pass(500);
    expect(told.sort()).toEqual([both, missed]);
    await pass(1_000);
    expect(told).toHaveLength(2);
  });

  it('[CT6] is not told again after the clock was set back', async () => {
    const { add, pass, told, clock } = setUp();
    add('a', 5 * MINUTE_MS + 100);
    await pass(1_000);
    clock.jump(-10_000);
    await pass(20_000);
    expect(told).toHaveLength(1);
  });

  it('[SE8] is complete before sessions are saved, and nothing is told after that', async () => {
    const { add, pass, told, notices, clock } = setUp();
    add('a', 5 * MINUTE_MS + 50);
    add('b', 5 * MINUTE_MS + 200);
    clock.jump(60);
    await notices.settle();
    expect(told).toHaveLength(1);
    await pass(1_000);
    expect(told).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});

/** Rooms that have somebody inside, but for `empty`. */
function setUp() {
  const clock = new FakeClock();
  const store = temporaryStore();
  const told: string[] = [];
  const membersOf = (id: string): readonly Participant[] => {
    if (id === 'empty') return [];
    const deliver = (event: string, { atMs }: { atMs: number }): void => {
      if (event === 'room:ending') told.push(`${id} ${atMs}`);
    };
    return [{ deliver } as unknown as Participant];
  };
  store.users.insert({ id: 'ann' as UserId, kind: 'guest', username: null, displayName: null, createdAt: 0 });
  return {
    clock,
    told,
    notices: createEndingNotices({ lists: store.roomLists, liveRooms: { membersOf }, clock }),
    inMs: (ms: number) => clock.now() + ms,
    /** @returns a function that moves its end */
    add(name: string, inMs: number, endAtExpiry = true) {
      const id = name as RoomId;
      const times = { expiresAt: clock.now() + inMs, endAtExpiry, createdAt: 0 };
      store.rooms.insert({ ...PLAIN_ROW, ...times, id, ownerId: 'ann' as UserId }, null);
      return (expiresAt: number) =>
        store.rooms.edit(id, { change: { expiresAt }, isExpected: () => true, now: 0, unusedMs: 0 });
    },
    /** Lets time pass in steps, between which what was begun can go on. */
    async pass(ms: number) {
      for (let step = 0; step < ms; step += 20) {
        clock.advance(20);
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      }
    },
  };
}
