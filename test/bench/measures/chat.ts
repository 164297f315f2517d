import { loadavg } from 'node:os';
import type { Flooded } from '../flood.ts';
import { median, rounded } from '../stats.ts';
import { chatNames, type SubjectName } from '../subjects.ts';
import { type Measure, type Scene, withScenes } from './measure.ts';

const ROOMS = 500;
const QUICK_ROOMS = 50;
const PEOPLE = 3;
/** Messages a second over all rooms. */
const RATE = 5_000;
const QUICK_RATE = 500;
const WARM_SECONDS = 3;
const SECONDS = 10;
const SATURATED_SECONDS = 3;

interface Found {
  readonly atRate: Flooded;
  readonly full: Flooded;
}

/**
 * Chat: each message is stored before the server tells it to the three in its room, of whom one said it and hears it as the
 * answer. Latency is from when a message was due until the last of them heard it.
 */
export const chat: Measure = async ({ subjects, runs, quick, tell }) => {
  const rooms = quick ? QUICK_ROOMS : ROOMS;
  const sessions = rooms * PEOPLE;
  const rate = quick ? QUICK_RATE : RATE;
  const names = subjects.flatMap((name) => chatNames[name as keyof typeof chatNames] ?? []);
  const found = new Map<SubjectName, Found[]>(names.map((name) => [name, []]));
  for (let run = 1; run <= runs; run += 1) {
    tell(`chat: run ${run} of ${runs}`);
    await withScenes(names, { count: sessions, roomSize: PEOPLE, users: sessions }, async (scenes) => {
      for (const [name, scene] of scenes)
        found.get(name)?.push(await talk(name, scene, sessions, rate, quick));
    });
  }
  return {
    title: `chat, ${rate.toLocaleString('en-US')} messages a second over ${rooms} rooms of ${PEOPLE}, each stored first`,
    head: ['server', 'msg/s', 'CPU µs a message', 'p50 ms', 'p99 ms', 'lost', 'doubled', 'msg/s at most'],
    rows: [...found].map(([name, all]) => {
      const middle = (of: (one: Found) => number): number => median(all.map(of));
      const sum = (of: (one: Flooded) => number): number =>
        all.flatMap(({ atRate, full }) => [of(atRate), of(full)]).reduce((total, one) => total + one, 0);
      return [
        name,
        Math.round(middle(({ atRate }) => perSecond(atRate))),
        rounded(
          middle(({ atRate }) => atRate.serverCpuNs / 1e3 / Math.max(1, atRate.messages)),
          1,
        ),
        rounded(
          middle(({ atRate }) => atRate.p50Ns / 1e6),
          2,
        ),
        rounded(
          middle(({ atRate }) => atRate.p99Ns / 1e6),
          2,
        ),
        sum(({ lost }) => lost),
        sum(({ duplicated }) => duplicated),
        Math.round(middle(({ full }) => perSecond(full))),
      ];
    }),
    notes: [
      'a message counts as soon as the last of the three has heard it; msg/s at most: each says its next when all heard its last',
      `load average ${loadavg()
        .map((load) => rounded(load, 1))
        .join(' ')}`,
    ],
    figures: { rooms, people: PEOPLE, rate, load: loadavg(), servers: Object.fromEntries(found) },
  };
};

async function talk(
  name: SubjectName,
  { flood }: Scene,
  sessions: number,
  rate: number,
  quick: boolean,
): Promise<Found> {
  const { failed } = await flood.connect(0, sessions, 64);
  if (failed > 0) throw new Error(`${name}: ${failed} of ${sessions} connections failed`);
  const atRate = await flood.rate(quick ? 0.5 : WARM_SECONDS, quick ? 1 : SECONDS, rate);
  const full = await flood.saturate(quick ? 0.2 : 1, quick ? 0.5 : SATURATED_SECONDS);
  const refused = atRate.refused + full.refused;
  if (refused > 0) throw new Error(`${name}: ${refused} messages were refused`);
  return { atRate, full };
}

function perSecond({ messages, wallNs }: Flooded): number {
  return messages / (wallNs / 1e9);
}
