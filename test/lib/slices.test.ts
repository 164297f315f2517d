import { describe, expect, it } from 'vitest';
import { BETWEEN_SLICES_MS, createSlices } from '../../src/lib/slices.ts';
import { FakeClock } from '../support/fakes/clock.ts';

describe('work in slices', () => {
  it('continues after a pause while there is more, and otherwise waits for its next time', () => {
    const clock = new FakeClock();
    let [left, slices] = [0, 0];
    createSlices({
      clock,
      everyMs: 1_000,
      slice() {
        slices += 1;
        left = Math.max(left - 1, 0);
        return left > 0;
      },
    });
    left = 3;
    clock.advance(999);
    expect(slices).toBe(0);
    clock.advance(1);
    expect(slices).toBe(1);
    clock.advance(BETWEEN_SLICES_MS - 1);
    expect(slices).toBe(1);
    clock.advance(1 + BETWEEN_SLICES_MS);
    expect(slices).toBe(3);
    clock.advance(900);
    expect(slices).toBe(3);
    clock.advance(100);
    expect(slices).toBe(4);
  });

  it('survives a slice that throws, and leaves no timer behind', () => {
    const clock = new FakeClock();
    let slices = 0;
    const { close } = createSlices({
      clock,
      everyMs: 1_000,
      slice() {
        slices += 1;
        if (slices === 1) throw new Error('the disk is full');
        return true;
      },
    });
    expect(() => clock.advance(1_000)).toThrow('the disk is full');
    clock.advance(1_000);
    expect(slices).toBe(2);
    close();
    expect(clock.pending).toBe(0);
  });

  it('is done on time if it is known when it falls due, and each look is a pause after the one before', () => {
    const { clock, due, done } = setUpDue();
    due.push(clock.now() + 1_300, clock.now() + 1_301, clock.now() + 1_900);
    clock.advance(1_299);
    expect(done).toEqual([]);
    clock.advance(1);
    expect(done).toEqual([1_300]);
    clock.advance(BETWEEN_SLICES_MS);
    expect(done).toEqual([1_300, 1_300 + BETWEEN_SLICES_MS]);
    clock.advance(10_000);
    expect(done).toEqual([1_300, 1_300 + BETWEEN_SLICES_MS, 1_900]);
  });

  it('is done on time if it becomes known later, whatever is known already', () => {
    const { clock, due, done, slices } = setUpDue();
    for (const ms of [900, 300, 500]) {
      due.push(clock.now() + ms);
      slices.expect(clock.now() + ms);
    }
    clock.advance(2_000);
    expect(done).toEqual([300, 500, 900]);
  });

  it('asks no sooner than its next time for work that wasn’t done', () => {
    const clock = new FakeClock();
    let looks = 0;
    const at = clock.now() + 100;
    const slice = () => {
      looks += 1;
      return false;
    };
    const nextAfter = (moment: number) => (at > moment ? at : null);
    const { expect: expectWork, close } = createSlices({ clock, everyMs: 1_000, slice, nextAfter });
    expectWork(at);
    clock.advance(999);
    expect(looks).toBe(1);
    expectWork(clock.now() + 500);
    close();
    expectWork(clock.now() + 500);
    expect(clock.pending).toBe(0);
  });
});

/** Work that falls due at the times in `due`; `done` says after how many milliseconds it was done. */
function setUpDue() {
  const clock = new FakeClock();
  const start = clock.now();
  const done: number[] = [];
  const due: number[] = [];
  const slices = createSlices({
    clock,
    everyMs: 1_000,
    slice() {
      const left = due.filter((at) => at > clock.now());
      for (let n = left.length; n < due.length; n += 1) done.push(clock.now() - start);
      due.splice(0, due.length, ...left);
      return false;
    },
    nextAfter: (moment) => due.filter((at) => at > moment).sort((a, b) => a - b)[0] ?? null,
  });
  return { clock, due, done, slices };
}
