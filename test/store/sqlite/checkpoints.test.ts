import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createLog } from '../../../src/lib/log.ts';
import { CHANGES_PER_CHECKPOINT, startCheckpoints } from '../../../src/store/sqlite/checkpoints.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';
import { until } from '../../support/until.ts';

it('the thread of checkpoints ends when it has had nothing to do for a minute, and the next work starts another', async () => {
  const path = temporaryDatabase();
  temporaryStore(path);
  const clock = new FakeClock();
  const logged: string[] = [];
  const log = createLog({ level: 'warn', now: () => clock.now(), write: (line) => void logged.push(line) });
  let changes = 0;
  const end = startCheckpoints({ path, store: { changes: () => changes }, clock, log });
  const threads = () => readdirSync('/proc/self/task').length;

  for (let round = 0; round < 2; round += 1) {
    const idle = threads();
    changes += CHANGES_PER_CHECKPOINT;
    clock.advance(1_000);
    expect(threads()).toBe(idle + 1);
    // A thread that works is left alone, however long it takes.
    clock.advance(3_600_000);
    let seconds = 0;
    await until(() => {
      clock.advance(1_000);
      seconds += 1;
      return threads() === idle;
    });
    expect(seconds).toBeGreaterThanOrEqual(60);
  }
  await end();
  expect(logged).toEqual([]);
});
