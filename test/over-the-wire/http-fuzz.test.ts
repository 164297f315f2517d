import { describe, expect, it } from 'vitest';
import { startHttpFuzz } from './http-fuzz.ts';

/** Requests of one run. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 400);

describe('requests of a seeded generator to everything under /rooms', () => {
  it('[HT2] are answered as documented, never with 500, and change nothing if refused', {
    timeout: 600_000,
  }, async () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? 19);
    console.log(`HTTP fuzz, seed ${seed}`);
    const fuzz = await startHttpFuzz(seed);
    const wrong: string[] = [];
    for (let done = 0; done < REQUESTS; done++) {
      const complaint = await fuzz.next();
      if (complaint !== undefined) wrong.push(complaint);
    }
    expect(wrong, `seed ${seed}`).toEqual([]);
    const unreached = [...fuzz.successes].filter(([, count]) => count === 0).map(([name]) => name);
    expect(unreached, `endpoints that never succeeded, seed ${seed}`).toEqual([]);
  });
});
