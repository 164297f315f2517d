import { medians, rounded } from '../stats.ts';
import type { SubjectName } from '../subjects.ts';
import { alternating, type Measure, ratio, withScene } from './measure.ts';

const SESSIONS = 4_000;
const QUICK_SESSIONS = 240;
const AT_ONCE = 64;

interface ConnectRun {
  /** Of the server, per connection that reached its room. Sizes are people in a room; 1: nobody else to be told. */
  readonly microsAlone: number;
  readonly microsInFours: number;
  readonly microsInEights: number;
  readonly perSecondAlone: number;
}

/** Connect and join, sign-in aside: for Parley TCP, upgrade, JWT check, session and room; for the others what they do. */
export const connects: Measure = async (context) => {
  const sessions = context.quick ? QUICK_SESSIONS : SESSIONS;
  const subjects = context.subjects.filter((name) => name !== 'parley-acked');
  const runs = await alternating({ ...context, subjects }, 'connects', (name) => connectOnce(name, sessions));
  const middle = new Map([...runs].map(([name, list]) => [name, medians(list)]));
  const floor = middle.get('uws');
  return {
    title: `connect and join, ${sessions} sessions`,
    head: ['server', 'CPU µs, rooms of 1', 'to uWS', 'rooms of 4', 'rooms of 8', 'connects/s'],
    rows: [...middle].map(([name, run]) => [
      name,
      rounded(run.microsAlone, 1),
      ratio(run.microsAlone, floor?.microsAlone),
      rounded(run.microsInFours, 1),
      rounded(run.microsInEights, 1),
      Math.round(run.perSecondAlone),
    ]),
    notes: [
      "each of Parley's connects checks a JWT (HS256): connects/s is that rate; the others check nothing",
    ],
    figures: { sessions, medians: Object.fromEntries(middle), runs: Object.fromEntries(runs) },
  };
};

async function connectOnce(name: SubjectName, sessions: number): Promise<ConnectRun> {
  const inRooms = (size: number) =>
    withScene(name, sessions * 2, size, async ({ flood }) => {
      // The first half warms the server up; the second is measured.
      await flood.connect(0, sessions, AT_ONCE);
      const { ready, serverCpuNs, wallNs } = await flood.connect(sessions, sessions * 2, AT_ONCE);
      if (ready < sessions) throw new Error(`${name}: only ${ready} of ${sessions} joined`);
      return { micros: serverCpuNs / 1e3 / ready, perSecond: ready / (wallNs / 1e9) };
    });
  const alone = await inRooms(1);
  const fours = await inRooms(4);
  const eights = await inRooms(8);
  return {
    microsAlone: alone.micros,
    microsInFours: fours.micros,
    microsInEights: eights.micros,
    perSecondAlone: alone.perSecond,
  };
}
