import { clientWasBottleneck } from '../flood.ts';
import { median, rounded } from '../stats.ts';
import { type SubjectName, setupNames } from '../subjects.ts';
import { type Measure, type Scene, withScenes } from './measure.ts';

const SESSIONS = 4_000;
const QUICK_SESSIONS = 200;
/** Seconds at saturation before the first turn, so that code is compiled and queues have grown. */
const WARM_SECONDS = 5;
/** Turns of each server in a run. */
const TURNS = 3;
/** Seconds of a turn, and of warm-up before it, until the last server's data has left the caches. */
const TURN_SECONDS = 1.5;
const TURN_WARM_SECONDS = 1;
/** Messages a second of the open loop. */
const RATE = 10_000;
const RATE_TEXT = `${RATE.toLocaleString('en-US')}/s`;

interface Turn {
  /** CPU time (µs) of the server per relayed message at saturation. */
  readonly cpuMicros: number;
  readonly perSecond: number;
  /** The same at `RATE`, where fewer messages share a turn of the event loop. */
  readonly cpuAtRateMicros: number;
  /** Both divided by the floor's in the same turn; undefined if the floor isn't measured. */
  readonly cpuToFloor: number | undefined;
  readonly cpuAtRateToFloor: number | undefined;
  /** Milliseconds from when a message was due until it arrived, at `RATE`. */
  readonly p99Ms: number;
  readonly lost: number;
  readonly clientBound: boolean;
}

/**
 * A whole call set-up between two SDK clients: of eight messages one is an offer, one an answer (1 KB each) and six are
 * `call:ice` with one candidate, as Chromium writes it. Each is numbered, answered by an `ack`, and covered by a receipt
 * for 32 messages. The floor relays and acknowledges the same frames. All servers are up at once and take turns.
 */
export const setup: Measure = async ({ subjects, runs, quick, tell }) => {
  const sessions = quick ? QUICK_SESSIONS : SESSIONS;
  const names = subjects.flatMap((name) => setupNames[name as keyof typeof setupNames] ?? []);
  const found = new Map<SubjectName, Turn[]>(names.map((name) => [name, []]));
  for (let run = 1; run <= runs; run += 1) {
    tell(`setup: run ${run} of ${runs}`);
    await withScenes(names, { count: sessions, roomSize: 2, users: sessions }, async (scenes) => {
      for (const [name, { flood }] of scenes) {
        const { failed } = await flood.connect(0, sessions, 64);
        if (failed > 0) throw new Error(`${name}: ${failed} of ${sessions} connections failed`);
        await flood.saturate(quick ? 1 : WARM_SECONDS, 0.1);
      }
      for (let turn = 1; turn <= (quick ? 1 : TURNS); turn += 1) await takeTurn(scenes, quick, found);
    });
  }
  return {
    title: `a whole call set-up, ${sessions} sessions in pairs, numbered and acknowledged`,
    head: [
      'server',
      'CPU µs a message',
      'to uWS',
      'msg/s',
      `CPU µs at ${RATE_TEXT}`,
      'to uWS',
      `p99 ms at ${RATE_TEXT}`,
      'lost',
    ],
    rows: [...found].map(([name, turns]) => [
      name,
      rounded(median(turns.map(({ cpuMicros }) => cpuMicros)), 2),
      multiple(turns.flatMap(({ cpuToFloor }) => cpuToFloor ?? [])),
      Math.round(median(turns.map(({ perSecond }) => perSecond))),
      rounded(median(turns.map(({ cpuAtRateMicros }) => cpuAtRateMicros)), 2),
      multiple(turns.flatMap(({ cpuAtRateToFloor }) => cpuAtRateToFloor ?? [])),
      rounded(median(turns.map(({ p99Ms }) => p99Ms)), 2),
      turns.reduce((sum, { lost }) => sum + lost, 0),
    ]),
    notes: [
      ...[...found].flatMap(([name, turns]) =>
        turns.filter(({ clientBound }) => clientBound).length > turns.length / 2
          ? [`${name}: the client's core was full, the server's was not; its msg/s is a lower bound`]
          : [],
      ),
      `medians of ${(quick ? 1 : TURNS) * runs} turns; to uWS: of each turn, with the floor in the same turn`,
    ],
    figures: { sessions, rate: RATE, servers: Object.fromEntries(found) },
  };
};

async function takeTurn(
  scenes: ReadonlyMap<SubjectName, Scene>,
  quick: boolean,
  found: ReadonlyMap<SubjectName, Turn[]>,
): Promise<void> {
  let floor: { readonly cpuMicros: number; readonly cpuAtRateMicros: number } | undefined;
  for (const [name, { flood }] of scenes) {
    const full = await flood.saturate(quick ? 0.2 : TURN_WARM_SECONDS, quick ? 0.5 : TURN_SECONDS);
    if (full.messages === 0) throw new Error(`${name}: nothing arrived; is the machine free?`);
    const atRate = await flood.rate(0.5, quick ? 0.5 : TURN_SECONDS, RATE);
    const cpuMicros = full.serverCpuNs / 1e3 / full.messages;
    const cpuAtRateMicros = atRate.serverCpuNs / 1e3 / Math.max(1, atRate.messages);
    if (name === setupNames.uws) floor = { cpuMicros, cpuAtRateMicros };
    found.get(name)?.push({
      cpuMicros,
      perSecond: full.messages / (full.wallNs / 1e9),
      cpuAtRateMicros,
      cpuToFloor: floor && cpuMicros / floor.cpuMicros,
      cpuAtRateToFloor: floor && cpuAtRateMicros / floor.cpuAtRateMicros,
      p99Ms: atRate.p99Ns / 1e6,
      lost: full.lost + full.duplicated + atRate.lost + atRate.duplicated,
      clientBound: clientWasBottleneck(full),
    });
  }
}

function multiple(values: readonly number[]): string {
  return values.length === 0 ? '–' : `${median(values).toFixed(2)}×`;
}
