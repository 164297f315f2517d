import { describe, expect, it } from 'vitest';
import { longestStandstill } from './page-watch.ts';

function recordOf(...counts: readonly [atMs: number, framesDecoded: number][]) {
  const rest = { totalSamplesReceived: 0, state: 'connected', ufrag: 'a' } as const;
  const samples = counts.map(([atMs, framesDecoded]) => ({
    atMs,
    connections: [{ framesDecoded, ...rest }],
  }));
  return { samples, banners: 0, fewestTiles: 1 };
}

describe('longestStandstill', () => {
  it('adds up the time in which nothing grew', () => {
    const record = recordOf([0, 5], [200, 9], [400, 9], [900, 9], [1_100, 12], [1_300, 12]);
    expect(longestStandstill(record, 0, 'framesDecoded')).toBe(700);
    expect(longestStandstill(record, 0, 'totalSamplesReceived')).toBe(1_300);
  });

  it('takes a late look for no standstill where there was growth', () => {
    expect(longestStandstill(recordOf([0, 5], [3_000, 60]), 0, 'framesDecoded')).toBe(0);
  });
});
