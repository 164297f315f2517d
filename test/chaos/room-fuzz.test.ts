import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/load/random.ts';
import { CI_MS } from './ci.ts';
import { RoomFuzzStage } from './room-fuzz-stage.ts';

/** Frames of one run: each may cost a transaction, so they are fewer than those without a database. */
const FRAMES = 30_000;
/** What must have come to somebody, so that the frames had something to break. */
const HEARD = [
  'room:knocks',
  'knock:waiting',
  'room:data',
  'peer:hand',
  'peer:reaction',
  'chat',
  'chat:edited',
  'chat:deleted',
  'chat:reactions',
  'chat:cleared',
];

describe('mutated frames to rooms with hosts, chat and a waiting room, on a database', () => {
  it('[KN1][KN2][CH1] are answered once, heard by those inside only, and tell nothing to those who wait', {
    timeout: CI_MS,
  }, async () => {
    const seed = Number(process.env['CHAOS_SEED'] ?? 19);
    console.log(`room fuzz: seed ${seed}`);
    const violations: string[] = [];
    const heard = new Set<string>();
    // Direct calls reach people outside of rooms on purpose, so who hears is not checked with them.
    for (const directCalls of [false, true]) {
      const stage = await RoomFuzzStage.open(seededRandom(seed), directCalls, violations);
      for (let done = 0; done < FRAMES / 2; done++) await stage.next();
      for (const event of stage.heard.keys()) heard.add(event);
      expect(stage.relayed > 0).toBe(!directCalls);
      stage.close();
    }
    expect(violations).toEqual([]);
    expect(HEARD.filter((event) => !heard.has(event))).toEqual([]);
  });
});
