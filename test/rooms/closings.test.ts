import { describe, expect, it } from 'vitest';
import type { ParleyError } from '../../src/domain/errors.ts';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import { isoTime } from '../../src/lib/iso-time.ts';
import { createClosings } from '../../src/rooms/closings.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryStore } from '../support/server/database.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';

describe('rooms that take nobody new after a time', () => {
  it('[KN5] end the knocks with `room_not_open` on time, once', () => {
    const { add, refused, clock } = setUp();
    const expiresAt = add('a', 1_260);
    add('ends', 1_260, true);
    clock.advance(1_240);
    expect(refused).toEqual([]);
    clock.advance(20);
    const message = `This room took its last newcomers at ${expiresAt}. Ask a host for another time.`;
    expect(refused).toEqual([{ id: 'a', code: 'room_not_open', message }]);
    clock.advance(10_000);
    expect(refused).toHaveLength(1);
  });

  it('[KN5] end them at the start if their time passed while no process ran, however many there are', () => {
    const { add, refused, clock } = setUp();
    for (let n = 0; n < 250; n += 1) add(`room-${n}`, -n * 86_400_000);
    clock.advance(700);
    expect(new Set(refused.map(({ id }) => id)).size).toBe(250);
    expect(refused).toHaveLength(250);
  });

  it('[KN5] end them when a change makes their time be over, and on time when it makes it near', () => {
    const { add, refused, closings, clock } = setUp();
    const check = (id: string, over: number | null, endAtExpiry = false) =>
      closings.check({
        id: id as RoomId,
        expiresAt: over === null ? null : isoTime(clock.now() + over),
        endAtExpiry,
      });
    clock.advance(510);
    check('a', null);
    check('a', -1, true);
    check('a', 140);
    add('a', 140);
    expect(refused).toEqual([]);
    clock.advance(140);
    expect(refused.map(({ id }) => id)).toEqual(['a']);
    check('b', 0);
    expect(refused.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('[KN5] end them again after the clock was set back', () => {
    const { add, refused, clock } = setUp();
    add('a', 1_000);
    clock.advance(1_500);
    clock.jump(-3_600_000);
    clock.advance(500);
    expect(refused).toHaveLength(1);
    clock.jump(3_600_000);
    clock.advance(1_000);
    expect(refused).toHaveLength(2);
  });

  it('leave no timer behind', () => {
    const { closings, clock } = setUp();
    closings.close();
    expect(clock.pending).toBe(0);
  });
});

function setUp() {
  const clock = new FakeClock();
  const store = temporaryStore();
  const refused: { id: RoomId; code: string; message: string }[] = [];
  const knocks = {
    endAll(id: RoomId, { code, message }: ParleyError) {
      refused.push({ id, code, message });
    },
  };
  store.users.insert({ id: 'ann' as UserId, kind: 'guest', username: null, displayName: null, createdAt: 0 });
  return {
    clock,
    refused,
    closings: createClosings({ lists: store.roomLists, knocks, clock }),
    add(id: string, inMs: number, endAtExpiry = false): string {
      const expiresAt = clock.now() + inMs;
      const about = { expiresAt, endAtExpiry, createdAt: 0 };
      store.rooms.insert({ ...PLAIN_ROW, ...about, id: id as RoomId, ownerId: 'ann' as UserId }, null);
      return isoTime(expiresAt);
    },
  };
}
