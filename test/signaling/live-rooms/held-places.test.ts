import { describe, expect, it } from 'vitest';
import { type RoomId, randomIds, type UserId } from '../../../src/domain/ids.ts';
import { HeldPlaces, PLACE_MS, PLACES } from '../../../src/signaling/live-rooms/held-places.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { NO_SUBSCRIBERS } from '../../support/fakes/events.ts';
import { OTHER_ROOM, ROOM } from '../../support/server/hub.ts';

describe('held places', () => {
  it('[RM8] are bounded for all users together, until the oldest are given up', () => {
    const clock = new FakeClock();
    const places = new HeldPlaces({ clock, ids: randomIds, events: NO_SUBSCRIBERS, isEmpty: () => true });
    const hold = (user: string, roomId: RoomId) => {
      places.checkCount(roomId, user);
      places.hold(
        { userId: user as UserId, loginId: null },
        { roomId, userInfo: null, chatSince: '', shared: false },
      );
    };
    for (let count = 0; count < PLACES; count++) hold(`guest-${count}`, ROOM);
    clock.advance(1_000);
    expect(() => hold('ann', ROOM)).toThrow(
      expect.objectContaining({ code: 'rate_limited', retryAfterMs: PLACE_MS - 1_000 }),
    );
    expect(() => hold('guest-0', OTHER_ROOM)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    expect(() => hold('guest-0', ROOM)).not.toThrow();
    expect(places.size).toBe(PLACES);
    clock.advance(PLACE_MS - 1_000);
    places.releaseExpired();
    expect(places.size).toBe(1);
    expect(() => hold('ann', ROOM)).not.toThrow();
  });
});
