import type { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { createLog } from '../../../src/lib/log.ts';
import { CHANGES_PER_CHECKPOINT, startCheckpoints } from '../../../src/store/sqlite/checkpoints.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';
import { until } from '../../support/until.ts';

const threads: Worker[] = [];
let running = 0;
// The store starts and ends its thread by itself; this sees it.
const keep = (worker: Worker) => {
  threads.push(worker);
  running += 1;
  worker.once('exit', () => {
    running -= 1;
  });
};
process.on('worker', keep);
afterEach(() => void process.off('worker', keep));

it('the thread of checkpoints ends when it has had nothing to do for a minute, and the next work starts another', async () => {
  const path = temporaryDatabase();
  temporaryStore(path);
  const clock = new FakeClock();
  const logged: string[] = [];
  const log = createLog({ level: 'warn', now: () => clock.now(), write: (line) => void logged.push(line) });
  let changes = 0;
  const end = startCheckpoints({ path, store: { changes: () => changes }, clock, log });

  for (let round = 1; round <= 2; round += 1) {
    changes += CHANGES_PER_CHECKPOINT;
    clock.advance(1_000);
    // A thread that works is left alone, however long it takes.
    clock.advance(3_600_000);
    await until(() => threads.length === round);
    let seconds = 0;
    await until(() => {
      clock.advance(1_000);
      seconds += 1;
      return running === 0;
    });
    expect(seconds).toBeGreaterThanOrEqual(60);
  }
  await end();
  expect(logged).toEqual([]);
});
