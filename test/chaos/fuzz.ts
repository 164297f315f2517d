import { seededRandom } from '../../src/load/random.ts';
import { now, type Outcome, type Run } from './chaos.ts';
import { FuzzStage } from './fuzz-stage.ts';

const FRAMES = 1_000_000;
/** Frames between two progress reports. */
const TOLD_EVERY = 50_000;

/** Sends mutated frames to a hub: no exception escapes, and they reach nobody outside of the sender's room. */
export async function fuzzing(run: Run): Promise<Outcome> {
  const random = seededRandom(run.seed);
  const began = now();
  const violations: string[] = [];
  let frames = 0;
  let refused = 0;
  let relayed = 0;
  // Direct calls reach people outside of rooms on purpose, so the run with them only looks for exceptions.
  for (const directCalls of [false, true]) {
    const stage = new FuzzStage(random, directCalls, violations);
    const until = began + (run.minutes * 60_000 * (directCalls ? 2 : 1)) / 2;
    for (let done = 0; done < FRAMES / 2 || now() < until; done++) {
      await stage.next();
      frames += 1;
      if (frames % TOLD_EVERY === 0) run.tell(`${frames} frames, ${violations.length} violations`);
    }
    refused += stage.refused;
    relayed += stage.relayed;
    stage.close();
  }
  return {
    figures: { frames, refused, relayed, seconds: Math.round((now() - began) / 1_000) },
    violations,
  };
}
