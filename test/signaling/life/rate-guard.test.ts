import { describe, expect, it } from 'vitest';
import { createRateGuard } from '../../../src/signaling/life/rate-guard.ts';
import { stage } from '../../support/server/hub.ts';

describe('a session', () => {
  it('is flooding at once after ten times as much, for a busy server does not see how long it took', () => {
    const { connect, limits, clock } = stage({ limits: { messagesPerSecond: 10, messageBurst: 20 } });
    const { session } = connect('ann');
    const charge = createRateGuard({ clock, limits });
    const charges = (count: number) => Array.from({ length: count }, () => charge(session));
    const refused = 10 * 10 * 10;
    expect(charges(20 + refused - 1).filter(({ flooding }) => flooding)).toEqual([]);
    clock.advance(2_000);
    expect(charges(20 + refused - 1).filter(({ flooding }) => flooding)).toEqual([]);
    expect(charge(session)).toEqual({ waitMs: expect.any(Number), flooding: true });
  });

  it('is flooding after 10 s over its rate, unless it has paused until its bucket was half full', () => {
    const { connect, limits, clock } = stage({ limits: { messagesPerSecond: 10, messageBurst: 10 } });
    const { session } = connect('ann');
    const charge = createRateGuard({ clock, limits });
    const flood = (seconds: number) => {
      let last = charge(session);
      for (let step = 0; step < seconds * 10; step += 1) {
        for (let message = 0; message < 3; message += 1) last = charge(session);
        clock.advance(100);
      }
      return last;
    };
    expect(flood(9)).toEqual({ waitMs: expect.any(Number), flooding: false });
    clock.advance(600);
    expect(charge(session)).toEqual({ waitMs: 0, flooding: false });
    expect(flood(9).flooding).toBe(false);
    expect(flood(3).flooding).toBe(true);
  });
});
