import { undisturbed } from '../cores.ts';
import { median, rounded } from '../stats.ts';
import { watchStolen } from '../stolen.ts';
import type { SubjectName } from '../subjects.ts';
import { type Measure, type Scene, withScenes } from './measure.ts';

const SESSIONS = 4_000;
const QUICK_SESSIONS = 200;
/** Messages a second to each server. */
const RATE = 10_000;
/** Seconds at saturation beforehand, so that code is compiled. */
const WARM_SECONDS = 3;
/** Turns of each server in each run. */
const TURNS = 5;
/** Seconds of a turn: 5,000 messages. The first ones aren't counted: the caches are cold, and the core has slept. */
const TURN_SECONDS = 0.5;
const TURN_WARM_SECONDS = 0.5;
/** Milliseconds until receipts are in; a Parley session sends one two seconds after its last message. */
const SETTLE_MS = 3_000;

/** Results of one server in one turn: milliseconds from when a message was due until it arrived. */
interface Turn {
  readonly p50: number;
  readonly p99: number;
  /** The p99 minus the floor's in the same turn; undefined if the floor isn't measured. */
  readonly overFloor: number | undefined;
  readonly lost: number;
  /** Whether other work on this machine was kept away. */
  readonly wasUndisturbed: boolean;
  /** Whether the host took no time from either core, as far as the kernel counts it (in units of 10 ms). */
  readonly wasWhole: boolean;
}

type Turns = Map<SubjectName, Turn[]>;

/**
 * A 1 KB offer to the other peer of a room of two, at a rate that doesn't wait for a slow server. All servers run at once
 * and take turns of half a second, because if a shared machine pauses for a hundredth of the time, a p99 shows only that.
 * `undisturbed` keeps this machine's other work away.
 */
export const latency: Measure = async ({ subjects, runs, quick, tell }) => {
  const sessions = quick ? QUICK_SESSIONS : SESSIONS;
  const turns: Turns = new Map(subjects.map((name) => [name, []]));
  for (let run = 1; run <= runs; run += 1) {
    tell(`latency: run ${run} of ${runs}, all servers in turns`);
    await withScenes(subjects, { count: sessions, roomSize: 2, users: sessions }, async (scenes) => {
      for (const [name, { flood }] of scenes) {
        const { failed } = await flood.connect(0, sessions, 64);
        if (failed > 0) throw new Error(`${name}: ${failed} of ${sessions} connections failed`);
        await flood.saturate(0, quick ? 1 : WARM_SECONDS);
      }
      for (let turn = 0; turn < (quick ? 1 : TURNS); turn += 1) await takeTurn(scenes, turns);
    });
  }
  const figures = Object.fromEntries(turns);
  const wereUndisturbed = [...turns.values()].flat().every((turn) => turn.wasUndisturbed);
  return {
    title: `latency at ${RATE.toLocaleString('en-US')} messages a second, ${sessions} sessions in pairs, ms, medians of turns`,
    head: [
      'server',
      'p50',
      'p99',
      'turns',
      'p99 over uWS',
      'in the worst',
      'p99 without steal',
      'turns',
      'lost',
    ],
    rows: [...turns].map(([name, mine]) => {
      const whole = mine.filter(({ wasWhole }) => wasWhole);
      return [
        name,
        medianOf(mine, ({ p50 }) => p50),
        medianOf(mine, ({ p99 }) => p99),
        mine.length,
        medianOf(mine, ({ overFloor }) => overFloor),
        rounded(Math.max(...mine.map(({ p99 }) => p99)), 1),
        medianOf(whole, ({ p99 }) => p99),
        whole.length,
        mine.reduce((sum, { lost }) => sum + lost, 0),
      ];
    }),
    notes: [
      wereUndisturbed
        ? 'server and client came before all other work of the machine, and its cores did not sleep'
        : 'other work of the machine, and cores that slept, are in it: run the bench as root to keep them away',
      "without steal: the turns in which the machine's host ran nobody else on these cores, as far as the kernel counts",
    ],
    figures: { sessions, rate: RATE, turns: figures },
  };
};

/** Returns `–` if no turn has this figure. */
function medianOf(turns: readonly Turn[], figure: (turn: Turn) => number | undefined): string | number {
  const figures = turns.flatMap((turn) => figure(turn) ?? []);
  return figures.length === 0 ? '–' : rounded(median(figures), 2);
}

async function takeTurn(scenes: ReadonlyMap<SubjectName, Scene>, turns: Turns): Promise<void> {
  let floor: number | undefined;
  for (const [name, { server, flood }] of scenes) {
    await new Promise((settled) => setTimeout(settled, SETTLE_MS));
    const watched = watchStolen();
    const { result, wasUndisturbed } = await undisturbed({ server: server.pid, client: flood.pid }, () =>
      flood.rate(TURN_WARM_SECONDS, TURN_SECONDS, RATE),
    );
    const wasWhole = watched().every((part) => part === 0);
    const { p50Ns, p99Ns, lost, duplicated } = result;
    const p99 = p99Ns / 1e6;
    if (name === 'uws') floor = p99;
    turns.get(name)?.push({
      p50: p50Ns / 1e6,
      p99,
      overFloor: floor === undefined ? undefined : p99 - floor,
      lost: lost + duplicated,
      wasUndisturbed,
      wasWhole,
    });
  }
}
