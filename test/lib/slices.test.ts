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
});
