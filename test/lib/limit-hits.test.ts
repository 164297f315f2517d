import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/domain/errors.ts';
import { LimitHits } from '../../src/lib/limit-hits.ts';
import { createThrottle, perMinute, rateLimited } from '../../src/lib/throttle.ts';
import { LIMIT_NAMES } from '../../src/protocol/limit-names.ts';
import { FakeClock } from '../support/fakes/clock.ts';

function setUp() {
  const clock = new FakeClock();
  const hits = new LimitHits(clock);
  const hit = () => hits.list().filter(({ count }) => count > 0);
  return { clock, hits, hit };
}

describe('hits of limits', () => {
  it('list every limit from the start', () => {
    const { hits } = setUp();
    expect(hits.list()).toEqual(LIMIT_NAMES.map((limit) => ({ limit, count: 0, lastAt: null })));
    expect(new Set(LIMIT_NAMES).size).toBe(LIMIT_NAMES.length);
  });

  it('are counted by limit, with the time of the last one', () => {
    const { clock, hits, hit } = setUp();
    hits.hit('guests');
    clock.advance(1_000);
    hits.hit('guests');
    expect(hit()).toEqual([{ limit: 'guests', count: 2, lastAt: clock.now() }]);
  });

  it('count a refusal only if a limit is its reason', () => {
    const { clock, hits, hit } = setUp();
    const throttle = createThrottle({ clock, rate: perMinute(1) });
    throttle.take('ann');
    hits.note(rateLimited('sign_ins', 'sign-ins from your network', throttle.take('ann')));
    hits.note(new ParleyError('forbidden', 'Not you.'));
    hits.note(new Error('a fault'));
    expect(hit()).toMatchObject([{ limit: 'sign_ins', count: 1 }]);
  });

  it('take over what another thread counts', () => {
    const { clock, hits, hit } = setUp();
    let count = 0;
    hits.watch('turn_strangers', () => count);
    expect(hit()).toEqual([]);
    count = 7;
    expect(hit()).toEqual([{ limit: 'turn_strangers', count: 7, lastAt: clock.now() }]);
    const seenAt = clock.now();
    clock.advance(1_000);
    expect(hit()).toEqual([{ limit: 'turn_strangers', count: 7, lastAt: seenAt }]);
    count = 9;
    expect(hit()).toEqual([{ limit: 'turn_strangers', count: 9, lastAt: clock.now() }]);
  });
});
