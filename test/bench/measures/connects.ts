import { medians, rounded } from '../stats.ts';
import type { SubjectName } from '../subjects.ts';
import { alternating, type Measure, ratio, withScene } from './measure.ts';

const SESSIONS = 4_000;
const QUICK_SESSIONS = 240;
const AT_ONCE = 64;
/** Sessions that warm the server up, for each that is measured: with one, V8 is still compiling for a tenth of the time. */
const WARM = 2;

interface ConnectRun {
  /** Of the server, per connection that reached its room. Sizes are people in a room; 1: nobody else to be told. */
  readonly microsAlone: number;
  readonly microsInFours: number;
  readonly microsInEights: number;
  readonly perSecondAlone: number;
  /** The same alone, with a token that the server never saw; 0 for servers that check none. */
  readonly microsNewToken: number;
  readonly perSecondNewToken: number;
}

/**
 * Connect and join: TCP, upgrade and room, and for Parley session and database too. The check of the JWT is a figure
 * of its own: a token that was checked for a request of the page, or for the session's last connection, is known.
 */
export const connects: Measure = async (context) => {
  const sessions = context.quick ? QUICK_SESSIONS : SESSIONS;
  const subjects = context.subjects.filter((name) => name !== 'parley-acked');
  const runs = await alternating({ ...context, subjects }, 'connects', (name) => connectOnce(name, sessions));
  const middle = new Map([...runs].map(([name, list]) => [name, medians(list)]));
  const floor = middle.get('uws');
  return {
    title: `connect and join, ${sessions} sessions, sign-in aside`,
    head: ['server', 'CPU µs, rooms of 1', 'to uWS', 'rooms of 4', 'rooms of 8', 'connects/s'],
    rows: [...middle].map(([name, run]) => [
      name,
      rounded(run.microsAlone, 1),
      ratio(run.microsAlone, floor?.microsAlone),
      rounded(run.microsInFours, 1),
      rounded(run.microsInEights, 1),
      Math.round(run.perSecondAlone),
    ]),
    notes: [...middle].flatMap(([name, run]) =>
      run.microsNewToken === 0
        ? []
        : [
            `${name}: a JWT (HS256) that it never saw costs ${rounded(run.microsNewToken - run.microsAlone, 1)} µs ` +
              `more; ${Math.round(run.perSecondNewToken)} JWT checks per second at connect`,
          ],
    ),
    figures: { sessions, medians: Object.fromEntries(middle), runs: Object.fromEntries(runs) },
  };
};

async function connectOnce(name: SubjectName, sessions: number): Promise<ConnectRun> {
  const total = sessions * (WARM + 1);
  const inRooms = (size: number, users: number) =>
    withScene(
      name,
      total,
      size,
      async ({ flood }) => {
        await flood.connect(0, sessions * WARM, AT_ONCE);
        const { ready, serverCpuNs, wallNs } = await flood.connect(sessions * WARM, total, AT_ONCE);
        if (ready < sessions) throw new Error(`${name}: only ${ready} of ${sessions} joined`);
        return { micros: serverCpuNs / 1e3 / ready, perSecond: ready / (wallNs / 1e9) };
      },
      { users },
    );
  const alone = await inRooms(1, sessions);
  const fours = await inRooms(4, sessions);
  const eights = await inRooms(8, sessions);
  const stranger = name === 'parley' ? await inRooms(1, total) : { micros: 0, perSecond: 0 };
  return {
    microsAlone: alone.micros,
    microsInFours: fours.micros,
    microsInEights: eights.micros,
    perSecondAlone: alone.perSecond,
    microsNewToken: stranger.micros,
    perSecondNewToken: stranger.perSecond,
  };
}
