import { describe, expect, it } from 'vitest';
import type { ParleyError } from '../../src/domain/errors.ts';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import { isoTime } from '../../src/lib/iso-time.ts';
import { createEndings } from '../../src/rooms/endings.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryStore } from '../support/server/database.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';

describe('the end of rooms with `endAtExpiry`', () => {
  it('comes within half a second of their time, once', async () => {
    const { add, pass, ended } = setUp();
    add('a', 1_000);
    add('b', 1_200);
    add('c', 60_000);
    await pass(900);
    expect(ended).toEqual([]);
    await pass(800);
    expect(ended).toEqual(['a', 'b']);
    await pass(10_000);
    expect(ended).toEqual(['a', 'b']);
  });

  it('[KN5] ends the knocks with `room_not_open`, after a change too', async () => {
    const { add, pass, refused, endings, clock } = setUp();
    const expiresAt = isoTime(clock.now() + 1_000);
    add('a', 1_000);
    await pass(980);
    expect(refused).toEqual([]);
    await pass(20);
    await endings.check({ id: 'b' as RoomId, expiresAt, endAtExpiry: true });
    const message = `This room took its last newcomers at ${expiresAt}. Ask a host for another time.`;
    expect(refused).toEqual(['a', 'b'].map((id) => ({ id, code: 'room_not_open', message })));
  });

  it('comes on time', async () => {
    const { add, pass, ended, endings, clock } = setUp();
    add('a', 1_260);
    await pass(1_240);
    expect(ended).toEqual([]);
    await pass(20);
    expect(ended).toEqual(['a']);
    add('b', 140);
    endings.check({ id: 'b' as RoomId, expiresAt: isoTime(clock.now() + 140), endAtExpiry: true });
    await pass(120);
    expect(ended).toEqual(['a']);
    await pass(20);
    expect(ended).toEqual(['a', 'b']);
  });

  it('comes at the start for rooms whose time ended while no process ran, however many', async () => {
    const { add, pass, ended } = setUp();
    for (let n = 0; n < 250; n += 1) add(`room-${n}`, -n * 86_400_000);
    await pass(600);
    expect(new Set(ended).size).toBe(250);
    expect(ended).toHaveLength(250);
  });

  it('comes again after the clock was set back', async () => {
    const { add, pass, ended, clock } = setUp();
    add('a', 1_000);
    await pass(1_500);
    clock.jump(-3_600_000);
    await pass(500);
    expect(ended).toEqual(['a']);
    clock.jump(3_600_000);
    await pass(1_000);
    expect(ended).toEqual(['a', 'a']);
  });

  it('comes at once when a change makes a room be over, and for no other', async () => {
    const { endings, ended, clock } = setUp();
    const check = (over: number | null, endAtExpiry: boolean) =>
      endings.check({
        id: 'a' as RoomId,
        expiresAt: over === null ? null : isoTime(clock.now() + over),
        endAtExpiry,
      });
    await check(null, true);
    await check(-1, false);
    await check(1, true);
    expect(ended).toEqual([]);
    await check(0, true);
    expect(ended).toEqual(['a']);
  });

  it('leaves no timer behind', () => {
    const { endings, clock } = setUp();
    endings.close();
    expect(clock.pending).toBe(0);
  });
});

function setUp() {
  const clock = new FakeClock();
  const store = temporaryStore();
  const ended: string[] = [];
  const moderation = {
    evacuate: async (ids: readonly RoomId[]) => {
      ended.push(...ids);
    },
  };
  const refused: { id: RoomId; code: string; message: string }[] = [];
  const knocks = {
    endAll(id: RoomId, { code, message }: ParleyError) {
      refused.push({ id, code, message });
    },
  };
  store.users.insert({ id: 'ann' as UserId, kind: 'guest', username: null, displayName: null, createdAt: 0 });
  return {
    clock,
    ended,
    refused,
    endings: createEndings({
      lists: store.roomLists,
      moderation,
      knocks,
      liveRooms: { membersOf: () => [] },
      clock,
    }),
    add(id: string, inMs: number) {
      const times = { expiresAt: clock.now() + inMs, endAtExpiry: true, createdAt: 0 };
      store.rooms.insert({ ...PLAIN_ROW, ...times, id: id as RoomId, ownerId: 'ann' as UserId }, null);
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
