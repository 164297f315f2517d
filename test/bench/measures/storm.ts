import { medians, rounded } from '../stats.ts';
import { alternating, type Measure, withScene } from './measure.ts';

const JOINS = 5_000;
const QUICK_JOINS = 300;
const ROOM_SIZE = 4;

/** Everybody joins at once, as after an outage. */
export const storm: Measure = async (context) => {
  const joins = context.quick ? QUICK_JOINS : JOINS;
  const subjects = context.subjects.filter((name) => name !== 'parley-acked');
  const runs = await alternating({ ...context, subjects }, 'storm', (name) =>
    withScene(name, joins, ROOM_SIZE, async ({ flood }) => {
      const { ready, failed, wallNs } = await flood.connect(0, joins, joins);
      return { joined: ready, failed, seconds: wallNs / 1e9 };
    }),
  );
  const middle = new Map([...runs].map(([name, list]) => [name, medians(list)]));
  return {
    title: `storm: ${joins} connect and join at once, rooms of ${ROOM_SIZE}`,
    head: ['server', 'joined', 'failed', 'failed in the worst run', 'seconds'],
    rows: [...middle].map(([name, run]) => [
      name,
      run.joined,
      run.failed,
      Math.max(...(runs.get(name) ?? []).map(({ failed }) => failed)),
      rounded(run.seconds, 2),
    ]),
    notes: [],
    figures: { joins, medians: Object.fromEntries(middle), runs: Object.fromEntries(runs) },
  };
};
