import { describe, expect, it } from 'vitest';
import { createClearing, ROWS_PER_SLICE } from '../../src/chat/clearing.ts';
import { FakeClock } from '../support/fakes/clock.ts';

describe('messages that were cleared', () => {
  it('[CH2] go in slices of bounded size, those of the process before too, until none is left', async () => {
    const { pass, slices, clear } = setUp(2_500);
    await pass(1_500);
    expect(slices).toEqual([1_000, 1_000, 500]);
    clear(ROWS_PER_SLICE);
    await pass(3_000);
    expect(slices.slice(3)).toEqual([ROWS_PER_SLICE, 0, 0, 0]);
  });

  it('[CH2] stay where they are once it is closed', async () => {
    const { pass, slices, close } = setUp(2_500);
    await pass(1_005);
    close();
    await pass(5_000);
    expect(slices).toEqual([1_000]);
  });
});

function setUp(rows: number) {
  const clock = new FakeClock();
  let left = rows;
  const slices: number[] = [];
  const { close } = createClearing({
    clock,
    store: {
      async sweepCleared(max) {
        const swept = Math.min(max, left);
        left -= swept;
        slices.push(swept);
        return swept;
      },
    },
  });
  return {
    close,
    slices,
    clear(more: number) {
      left += more;
    },
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 5) {
        clock.advance(5);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
