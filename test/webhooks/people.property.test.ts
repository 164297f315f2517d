import { expect, it } from 'vitest';
import { seededRandom } from '../../src/load/random.ts';
import { believe } from './pairing.ts';
import { PeopleWorld, ROOMS } from './people-world.ts';

const RUNS = 12;
const STEPS = 130;

it('[CT5] each `left` has exactly one `joined` before it, calls have both ends, and counts are right, through restarts and kills', async () => {
  const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`people of webhooks: seed ${seed}`);
  const random = seededRandom(seed);
  const done = new Map<string, number>();
  const faults: string[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const world = new PeopleWorld(random);
    for (let step = 0; step < STEPS; step += 1) await world.next();
    const { rooms } = believe(await world.told());
    for (const roomId of ROOMS) {
      const { peers, isOngoing } = await world.truth(roomId);
      const believed = rooms.get(roomId);
      expect([...(believed?.peers ?? [])].sort()).toEqual([...peers].sort());
      expect(isOngoing(String(believed?.callId))).toBe(peers.length >= 2);
    }
    await world.end();
    const after = believe(await world.told());
    faults.push(...after.faults);
    for (const room of after.rooms.values()) expect(room).toEqual({ peers: [], callId: undefined });
    for (const [step, times] of world.done) done.set(step, (done.get(step) ?? 0) + times);
    world.close();
  }
  expect(faults).toEqual([]);
  for (const step of ['enter', 'resume', 'kick', 'closeRoom', 'restart', 'kill']) {
    expect(done.get(step), step).toBeGreaterThan(RUNS / 2);
  }
});
