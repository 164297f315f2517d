import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createThrottle, perMinute, perSecond } from '../../src/lib/throttle.ts';
import { FakeClock } from '../support/fakes/clock.ts';

describe('createThrottle', () => {
  it('allows what a simulated token bucket allows', () => {
    const steps = fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 3_000 }), key: fc.constantFrom('a', 'b') }),
      {
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 7 }),
        (script, count, burst) => {
          const clock = new FakeClock();
          const throttle = createThrottle({ clock, rate: perSecond(count, burst) });
          const tokens = new Map([
            ['a', burst],
            ['b', burst],
          ]);
          for (const { after, key } of script) {
            clock.advance(after);
            for (const [name, held] of tokens)
              tokens.set(name, Math.min(burst, held + (after * count) / 1_000));
            const held = tokens.get(key) ?? 0;
            const wait = throttle.wait(key);
            expect(throttle.take(key)).toBe(wait);
            if (held >= 1 - 1e-6) {
              expect(wait).toBe(0);
              tokens.set(key, held - 1);
            } else {
              expect(Math.abs(wait - ((1 - held) * 1_000) / count)).toBeLessThanOrEqual(1.001);
            }
          }
        },
      ),
    );
  });

  it('tells exactly when to come back', () => {
    const clock = new FakeClock();
    const throttle = createThrottle({ clock, rate: perMinute(7) });
    for (let taken = 0; taken < 7; taken += 1) expect(throttle.take('a')).toBe(0);
    const wait = throttle.take('a');
    clock.advance(wait - 1);
    expect(throttle.take('a')).toBe(1);
    clock.advance(1);
    expect(throttle.take('a')).toBe(0);
  });

  it('remembers at most its max of keys, and forgets the one used longest ago', () => {
    const clock = new FakeClock();
    const throttle = createThrottle({ clock, rate: perMinute(1), keys: 3 });
    for (const key of ['a', 'b', 'c']) throttle.take(key);
    throttle.take('d');
    expect(throttle.size).toBe(3);
    expect(['a', 'b', 'c', 'd'].map((key) => throttle.wait(key) > 0)).toEqual([false, true, true, true]);
  });

  it('gives back a token', () => {
    const throttle = createThrottle({ clock: new FakeClock(), rate: perMinute(1) });
    throttle.take('a');
    throttle.giveBack('a');
    expect(throttle.take('a')).toBe(0);
    expect(throttle.take('a')).toBeGreaterThan(0);
  });
});
