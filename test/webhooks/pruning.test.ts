import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import type { PruneSlice } from '../../src/store/contract.ts';
import { KEPT_EVENTS, KEPT_MS, PRUNE_MS, startPruning } from '../../src/webhooks/pruning.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { until } from '../support/until.ts';

it('old webhooks are removed a slice at a time, once a minute, also after a failure', async () => {
  const clock = new FakeClock();
  const start = clock.now();
  const slices: PruneSlice[] = [];
  const answers = [500, 900, 0, new Error('the disk is full'), 0];
  const prune = (slice: PruneSlice): number => {
    slices.push(slice);
    const answer = answers[slices.length - 1] ?? 0;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  onTestFinished(startPruning({ store: { prune }, clock, log: silentLog }));
  clock.advance(PRUNE_MS - 1);
  expect(slices).toEqual([]);
  for (const count of [1, 2, 3]) {
    clock.advance(20);
    await until(() => slices.length === count);
    // The next slice is planned when this one has ended.
    await turn();
  }
  expect(slices.map(({ after }) => after)).toEqual([0, 500, 900]);
  expect(slices[0]).toMatchObject({ until: start + PRUNE_MS - KEPT_MS, keep: KEPT_EVENTS });
  for (const count of [4, 5]) {
    clock.advance(PRUNE_MS);
    await until(() => slices.length === count);
  }
  expect(slices.map(({ after }) => after)).toEqual([0, 500, 900, 0, 0]);
});
