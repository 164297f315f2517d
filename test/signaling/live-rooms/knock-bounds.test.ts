import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../../src/domain/ids.ts';
import { Knock } from '../../../src/signaling/live-rooms/knock.ts';
import { KNOCK_AGAIN_MS, KnockBounds, REFUSALS } from '../../../src/signaling/live-rooms/knock-bounds.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { identity, profile } from '../../support/server/accounts.ts';

const ROOM = 'room' as RoomId;

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
    expect(check('ann', 'elsewhere' as RoomId)).not.toThrow();
    clock.advance(1);
    expect(check('ann')).not.toThrow();
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
