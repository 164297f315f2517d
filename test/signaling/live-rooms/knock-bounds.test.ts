import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../../src/domain/ids.ts';
import { Knock, type Waiter } from '../../../src/signaling/live-rooms/knock.ts';
import {
  KNOCK_AGAIN_MS,
  KNOCKS_OVER_HTTP,
  KNOCKS_PER_ROOM,
  KnockBounds,
  REFUSALS,
} from '../../../src/signaling/live-rooms/knock-bounds.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { identity, profile } from '../../support/server/accounts.ts';
import { OTHER_ROOM, ROOM, type Stage, snapshotOf, stage } from '../../support/server/hub.ts';

function knockOf(user: string, roomId = ROOM): Knock {
  const facts = { knockId: user, roomId, since: 0, until: 0, network: '192.0.2.1' };
  return new Knock(facts, { identity: identity(user), profile: profile(user as UserId) }, {});
}

describe('refusals', () => {
  it('[KN3] are remembered for 30 s, for this user at this room', () => {
    const clock = new FakeClock();
    const bounds = new KnockBounds(clock);
    const check =
      (user: string, roomId = ROOM) =>
      () =>
        bounds.check([], roomId, user, '192.0.2.1');
    bounds.refused(knockOf('ann'));
    clock.advance(KNOCK_AGAIN_MS - 1);
    expect(check('ann')).toThrow(expect.objectContaining({ code: 'knock_refused', retryAfterMs: 1 }));
    expect(check('ben')).not.toThrow();
    expect(check('ann', OTHER_ROOM)).not.toThrow();
    clock.advance(1);
    expect(check('ann')).not.toThrow();
  });

  it('[KN3][SE8] hold in the next process for the rest of the 30 s, with the time that no process ran', () => {
    const before = stage();
    const wait = (on: Stage) =>
      on.hub.knocks.wait({
        room: { id: ROOM, name: null },
        waiter: { identity: identity('ann'), profile: profile('ann' as UserId) },
        luggage: {},
        address: '192.0.2.1',
      });
    const knock = before.hub.knocks.find(ROOM, wait(before).knockId);
    if (knock === undefined) throw new Error('nobody waits');
    before.hub.knocks.refuse(knock);
    before.clock.advance(5_000);
    const savedAt = before.clock.now();
    before.hub.drain();
    const rows = [...before.hub.slices()].flat();
    const restarted = (downMs: number): Stage => {
      const after = stage({ clock: new FakeClock(savedAt + downMs) });
      after.hub.restore(snapshotOf(rows, savedAt));
      return after;
    };
    for (const downMs of [0, 20_000, 24_999]) {
      const refusal = { code: 'knock_refused', retryAfterMs: 25_000 - downMs };
      expect(() => wait(restarted(downMs))).toThrow(expect.objectContaining(refusal));
    }
    expect(wait(restarted(25_000))).toMatchObject({ knockId: expect.any(String) });
  });

  it('are so many at most, of which the oldest are forgotten', () => {
    const bounds = new KnockBounds(new FakeClock());
    for (let n = 0; n <= REFUSALS; n += 1) bounds.refused(knockOf(`user-${n}`));
    const check = (n: number) => () => bounds.check([], ROOM, `user-${n}`, '192.0.2.1');
    expect(check(0)).not.toThrow();
    for (const n of [1, REFUSALS])
      expect(check(n)).toThrow(expect.objectContaining({ code: 'knock_refused' }));
  });
});

describe('knocks over HTTP', () => {
  it('[KN4] are bounded for all rooms together; who has a session still gets in line', () => {
    const on = stage();
    const roomOf = (count: number) => `room-${Math.floor(count / KNOCKS_PER_ROOM)}` as RoomId;
    const knock = (id: RoomId, waiter: Waiter, address: string) =>
      on.hub.knocks.wait({ room: { id, name: null }, waiter, luggage: {}, address });
    const overHttp = (count: number) =>
      knock(
        roomOf(count),
        { identity: identity(`guest-${count}`), profile: profile(`guest-${count}` as UserId) },
        `192.0.2.${count % KNOCKS_PER_ROOM}`,
      );
    for (let count = 0; count < KNOCKS_OVER_HTTP; count++) overHttp(count);
    const oneMore = () => overHttp(KNOCKS_OVER_HTTP);
    expect(oneMore).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    expect(() => overHttp(0)).not.toThrow();
    const { session } = on.connect('ann');
    expect(() => knock(ROOM, { session }, '192.0.2.1')).not.toThrow();
    const first = on.connect('guest-0');
    knock(roomOf(0), { session: first.session }, '192.0.2.1');
    expect(oneMore).not.toThrow();
    expect(() => overHttp(KNOCKS_OVER_HTTP + 1)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    on.hub.close();
  });
});
