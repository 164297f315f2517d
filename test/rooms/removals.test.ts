import { describe, expect, it } from 'vitest';
import type { RoomId } from '../../src/domain/ids.ts';
import { Removals } from '../../src/rooms/removals.ts';

const A = 'a' as RoomId;
const B = 'b' as RoomId;

describe('the removal of rooms', () => {
  it('is done when it returns, if there is little in them', () => {
    const { removals, removed } = setUp({ [A]: 400, [B]: 500 });
    expect(removals.run([A, B])).toBeUndefined();
    expect(removed).toEqual([A, B]);
  });

  it('goes in steps of bounded size between which others are served, and nobody enters meanwhile', async () => {
    const { removals, steps, removed } = setUp({ [A]: 300, [B]: 2_500 });
    const removal = removals.run([A, B]);
    expect(steps).toEqual([300, 700]);
    let turns = 0;
    for (let isDone = false; !isDone; turns += 1) {
      expect(removals.has(A) && removals.has(B)).toBe(true);
      expect(removed).toEqual([]);
      isDone = await Promise.race([
        Promise.resolve(removal).then(() => true),
        new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
      ]);
    }
    expect(turns).toBeGreaterThan(1);
    expect(steps).toEqual([300, 700, 1_000, 800]);
    expect(removed).toEqual([A, B]);
    expect(removals.has(A)).toBe(false);
  });
});

/** @param rows what the store has of each room */
function setUp(rows: Record<string, number>) {
  const steps: number[] = [];
  const removed: RoomId[] = [];
  const removals = new Removals({
    store: {
      clearOut(id, max) {
        const left = rows[id] ?? 0;
        const cleared = Math.min(left, max);
        rows[id] = left - cleared;
        steps.push(cleared);
        return cleared;
      },
      removeAll: () => {},
    },
    forget: () => {},
    removed: (ids) => void removed.push(...ids),
  });
  return { removals, steps, removed };
}
