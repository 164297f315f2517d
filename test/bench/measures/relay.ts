import { clientWasBottleneck } from '../flood.ts';
import { median, rounded } from '../stats.ts';
import type { SubjectName } from '../subjects.ts';
import { type Measure, type Scene, withScenes } from './measure.ts';

const SESSIONS = 4_000;
const QUICK_SESSIONS = 200;
/** Seconds of saturation before the measurement: longer than clients delay their receipts, so that queues have grown. */
const WARM_SECONDS = 5;
/** Turns of each server per run. Servers take turns so that changes on the machine affect all of them equally. */
const TURNS = 3;
/** Seconds of saturation before each turn, until other servers' data has left the processor's caches. */
const TURN_WARM_SECONDS = 1;
const TURN_SECONDS = 1.5;

/** Results of one server in one turn. */
interface Turn {
  /** CPU time (µs) of the server per relayed message at saturation. */
  readonly cpuMicros: number;
  readonly perSecond: number;
  /** Both divided by the floor's in the same turn; undefined if the floor isn't measured. */
  readonly cpuToFloor: number | undefined;
  readonly rateToFloor: number | undefined;
  readonly lost: number;
  /** Whether the client's core was full and the server's was not. */
  readonly clientBound: boolean;
}

/** Latency at half of the throughput of this run's turns. */
interface Half {
  readonly p99Ms: number;
  readonly lost: number;
}

interface Found {
  readonly turns: Turn[];
  readonly halves: Half[];
}

/**
 * A 1 KB offer to the other peer of a room of two, 4,000 sessions: CPU per message, throughput, latency at half of it.
 * All servers run at once and take turns, because a shared machine is another one half a minute later.
 */
export const relay: Measure = async (context) => {
  const sessions = context.quick ? QUICK_SESSIONS : SESSIONS;
  const found = new Map<SubjectName, Found>(
    context.subjects.map((name) => [name, { turns: [], halves: [] }]),
  );
  for (let run = 1; run <= context.runs; run += 1) {
    context.tell(`relay: run ${run} of ${context.runs}`);
    await withScenes(context.subjects, { count: sessions, roomSize: 2, users: sessions }, (scenes) =>
      takeTurns(scenes, sessions, context.quick, found),
    );
  }
  return {
    title: `relay of a 1 KB offer, ${sessions} sessions in pairs`,
    head: ['server', 'CPU µs', 'to uWS', 'msg/s', 'to uWS', 'p99 ms at half', 'lost'],
    rows: [...found].map(([name, { turns, halves }]) => [
      name,
      rounded(median(turns.map(({ cpuMicros }) => cpuMicros)), 2),
      multiple(turns.flatMap(({ cpuToFloor }) => cpuToFloor ?? [])),
      Math.round(median(turns.map(({ perSecond }) => perSecond))),
      multiple(turns.flatMap(({ rateToFloor }) => rateToFloor ?? [])),
      rounded(median(halves.map(({ p99Ms }) => p99Ms)), 2),
      [...turns, ...halves].reduce((sum, { lost }) => sum + lost, 0),
    ]),
    notes: [
      ...[...found].flatMap(([name, { turns }]) =>
        turns.filter(({ clientBound }) => clientBound).length > turns.length / 2
          ? [`${name}: the client's core was full, the server's was not; its msg/s is a lower bound`]
          : [],
      ),
      'to uWS: medians of the turns, each with the floor in the same turn',
      'parley-acked asks for an answer to each message, as the SDK does; the others send one frame for one frame',
    ],
    figures: { sessions, servers: Object.fromEntries(found) },
  };
};

async function takeTurns(
  scenes: ReadonlyMap<SubjectName, Scene>,
  sessions: number,
  quick: boolean,
  found: ReadonlyMap<SubjectName, Found>,
): Promise<void> {
  for (const [name, { flood }] of scenes) {
    const { failed } = await flood.connect(0, sessions, 64);
    if (failed > 0) throw new Error(`${name}: ${failed} of ${sessions} connections failed`);
    await flood.saturate(quick ? 1 : WARM_SECONDS, 0.1);
  }
  const rates = new Map<SubjectName, number[]>();
  for (let turn = 1; turn <= (quick ? 1 : TURNS); turn += 1) {
    let floor: { readonly cpuMicros: number; readonly perSecond: number } | undefined;
    for (const [name, { flood }] of scenes) {
      const full = await flood.saturate(quick ? 0.2 : TURN_WARM_SECONDS, quick ? 0.5 : TURN_SECONDS);
      if (full.messages === 0) throw new Error(`${name}: nothing arrived; is the machine free?`);
      const cpuMicros = full.serverCpuNs / 1e3 / full.messages;
      const perSecond = full.messages / (full.wallNs / 1e9);
      if (name === 'uws') floor = { cpuMicros, perSecond };
      rates.set(name, [...(rates.get(name) ?? []), perSecond]);
      found.get(name)?.turns.push({
        cpuMicros,
        perSecond,
        cpuToFloor: floor && cpuMicros / floor.cpuMicros,
        rateToFloor: floor && perSecond / floor.perSecond,
        lost: full.lost + full.duplicated,
        clientBound: clientWasBottleneck(full),
      });
    }
  }
  for (const [name, { flood }] of scenes) {
    const { p99Ns, lost, duplicated } = await flood.rate(1, quick ? 1 : 2, median(rates.get(name) ?? []) / 2);
    found.get(name)?.halves.push({ p99Ms: p99Ns / 1e6, lost: lost + duplicated });
  }
}

function multiple(values: readonly number[]): string {
  return values.length === 0 ? '–' : `${median(values).toFixed(2)}×`;
}
