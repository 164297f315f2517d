import { describe, expect, it } from 'vitest';
import { pace } from '../../src/load/pace.ts';
import { exponential, seededRandom } from '../../src/load/random.ts';
import { FakeClock } from '../support/fakes/clock.ts';

describe('the pace', () => {
  it('fires at the planned times, even late, and tells when each was due', async () => {
    const clock = new FakeClock();
    const start = clock.monotonic();
    const due: number[] = [];
    const { signal } = new AbortController();
    const ended = pace({
      clock,
      signal,
      until: start + 100,
      gap: () => 10,
      fire: (dueAt) => void due.push(dueAt - start),
    });
    clock.advance(35);
    expect(due).toEqual([10, 20, 30]);
    clock.advance(200);
    await ended;
    expect(due).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(clock.pending).toBe(0);
  });

  it('stops when it is told to', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    let fired = 0;
    const until = clock.monotonic() + 1_000;
    const ended = pace({ clock, signal: stop.signal, until, gap: () => 10, fire: () => void fired++ });
    clock.advance(50);
    stop.abort();
    clock.advance(50);
    await ended;
    expect(fired).toBe(5);
  });

  it('makes Poisson arrivals at the given rate, the same ones for the same seed', () => {
    const draw = (): number[] => {
      const random = seededRandom(42);
      return Array.from({ length: 10_000 }, () => exponential(random, 5));
    };
    const gaps = draw();
    expect(draw()).toEqual(gaps);
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeCloseTo(1 / 5, 2);
  });
});
