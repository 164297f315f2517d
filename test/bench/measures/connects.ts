import { median, rounded } from '../stats.ts';
import type { SubjectName } from '../subjects.ts';
import { type Measure, type MeasureContext, type Scene, withScenes } from './measure.ts';

/** Sessions of each server in each run. */
const SESSIONS = 4_000;
const QUICK_SESSIONS = 240;
/** Turns of each server per run. Servers take turns so that changes on the machine affect all of them equally. */
const TURNS = 10;
const AT_ONCE = 64;
/** Warm-up sessions per measured session. With one, V8 still spends a tenth of the measured time compiling. */
const WARM = 2;
/** Milliseconds until their receipts are in; a session sends one two seconds after its last message. */
const SETTLE_MS = 3_000;

/** People in a room (1: nobody else to tell), and tokens per measured session. */
interface Setting {
  readonly size: number;
  readonly tokens: number;
  readonly only?: SubjectName;
}

const settings = {
  alone: { size: 1, tokens: 1 },
  inFours: { size: 4, tokens: 1 },
  inEights: { size: 8, tokens: 1 },
  /** Alone, with a token that the server hasn't seen. */
  newToken: { size: 1, tokens: WARM + 1, only: 'parley' },
} as const satisfies Record<string, Setting>;
type SettingName = keyof typeof settings;

/** Results of one server in one turn. */
interface Turn {
  /** CPU time (µs) of the server per connection that reached its room. */
  readonly micros: number;
  readonly perSecond: number;
  /** `micros` divided by the floor's in the same turn; undefined if the floor isn't measured. */
  readonly toFloor: number | undefined;
}

type Turns = Map<SubjectName, Turn[]>;

/**
 * Connect and join: TCP, upgrade and room; with Parley, session and database too. All servers run at once and take turns
 * of about 20 ms, because a shared machine is another one a second later. Checking the JWT is measured apart, because a
 * server knows tokens that it checked for a request of the page or for the session's last connection.
 */
export const connects: Measure = async (context) => {
  const sessions = context.quick ? QUICK_SESSIONS : SESSIONS;
  const subjects = context.subjects.filter((name) => name !== 'parley-acked');
  const found = new Map<SettingName, Turns>();
  for (const name of settingNames())
    found.set(name, await takeTurns({ ...context, subjects }, name, sessions));
  const middle = (setting: SettingName, subject: SubjectName, field: keyof Turn): number | undefined => {
    const values =
      found
        .get(setting)
        ?.get(subject)
        ?.flatMap((turn) => turn[field] ?? []) ?? [];
    return values.length === 0 ? undefined : median(values);
  };
  const micros = (setting: SettingName, subject: SubjectName): string =>
    shown(middle(setting, subject, 'micros'), 1);
  const newToken = middle('newToken', 'parley', 'micros');
  const known = middle('alone', 'parley', 'micros');
  return {
    title: `connect and join, ${sessions} sessions in ${TURNS} turns, sign-in aside`,
    head: ['server', 'CPU µs, rooms of 1', 'to uWS', 'rooms of 4', 'rooms of 8', 'connects/s'],
    rows: subjects.map((name) => [
      name,
      micros('alone', name),
      `${shown(middle('alone', name, 'toFloor'), 2)}×`,
      micros('inFours', name),
      micros('inEights', name),
      shown(middle('alone', name, 'perSecond'), 0),
    ]),
    notes:
      newToken === undefined || known === undefined
        ? []
        : [
            `parley: a JWT (HS256) that it never saw costs ${rounded(newToken - known, 1)} µs more; ` +
              `${shown(middle('newToken', 'parley', 'perSecond'), 0)} JWT checks per second at connect`,
          ],
    figures: {
      sessions,
      turns: Object.fromEntries([...found].map(([name, turns]) => [name, Object.fromEntries(turns)])),
    },
  };
};

async function takeTurns(
  { subjects, runs, tell }: MeasureContext,
  name: SettingName,
  sessions: number,
): Promise<Turns> {
  const { size, tokens, only }: Setting = settings[name];
  const names = subjects.filter((subject) => only === undefined || subject === only);
  const turns: Turns = new Map(names.map((subject) => [subject, []]));
  const warm = sessions * WARM;
  for (let run = 1; run <= runs; run += 1) {
    tell(`connects: run ${run} of ${runs}, rooms of ${size}${tokens > 1 ? ', new tokens' : ''}`);
    await withScenes(
      names,
      { count: warm + sessions, roomSize: size, users: sessions * tokens },
      async (scenes) => {
        for (const { flood } of scenes.values()) await flood.connect(0, warm, AT_ONCE);
        await new Promise((settled) => setTimeout(settled, SETTLE_MS));
        for (let from = warm; from < warm + sessions; from += sessions / TURNS)
          await takeTurn(scenes, from, sessions / TURNS, turns);
      },
    );
  }
  return turns;
}

async function takeTurn(
  scenes: ReadonlyMap<SubjectName, Scene>,
  from: number,
  count: number,
  turns: Turns,
): Promise<void> {
  let floor: number | undefined;
  for (const [name, { flood }] of scenes) {
    const { ready, serverCpuNs, wallNs } = await flood.connect(from, from + count, AT_ONCE);
    if (ready < count) throw new Error(`${name}: only ${ready} of ${count} joined`);
    const micros = serverCpuNs / 1e3 / ready;
    if (name === 'uws') floor = micros;
    turns.get(name)?.push({
      micros,
      perSecond: ready / (wallNs / 1e9),
      toFloor: floor === undefined ? undefined : micros / floor,
    });
  }
}

function settingNames(): SettingName[] {
  return Object.keys(settings) as SettingName[];
}

function shown(value: number | undefined, digits: number): string {
  return value === undefined
    ? '–'
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
