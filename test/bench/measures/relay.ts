import { clientWasBottleneck } from '../flood.ts';
import { medians, rounded } from '../stats.ts';
import type { SubjectName } from '../subjects.ts';
import { alternating, type Measure, ratio, withScene } from './measure.ts';

const SESSIONS = 4_000;
const QUICK_SESSIONS = 200;
/** Of saturation before the measurement: longer than a client waits with its receipts, so that what is kept has grown. */
const WARM_SECONDS = 5;

interface RelayRun {
  /** Of the server, per relayed message, at saturation. */
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly p99MsAtHalf: number;
  readonly lost: number;
  /** 1 where the client's core was full and the server's was not. */
  readonly clientBound: number;
}

/** A 1 KB offer to the other peer of a room of two, 4,000 sessions: CPU per message, throughput, latency at half of it. */
export const relay: Measure = async (context) => {
  const sessions = context.quick ? QUICK_SESSIONS : SESSIONS;
  const seconds = context.quick ? 1 : 3;
  const runs = await alternating(context, 'relay', (name) => relayOnce(name, sessions, seconds));
  const middle = new Map([...runs].map(([name, list]) => [name, medians(list)]));
  const floor = middle.get('uws');
  return {
    title: `relay of a 1 KB offer, ${sessions} sessions in pairs`,
    head: ['server', 'CPU µs', 'to uWS', 'msg/s', 'to uWS', 'p99 ms at half', 'lost'],
    rows: [...middle].map(([name, run]) => [
      name,
      rounded(run.cpuMicros, 2),
      ratio(run.cpuMicros, floor?.cpuMicros),
      Math.round(run.perSecond),
      ratio(run.perSecond, floor?.perSecond),
      rounded(run.p99MsAtHalf, 2),
      run.lost,
    ]),
    notes: [
      ...[...middle].flatMap(([name, { clientBound }]) =>
        clientBound > 0
          ? [`${name}: the client's core was full, the server's was not; its msg/s is a lower bound`]
          : [],
      ),
      'parley-acked asks for an answer to each message, as the SDK does; the others send one frame for one frame',
    ],
    figures: { sessions, medians: Object.fromEntries(middle), runs: Object.fromEntries(runs) },
  };
};

function relayOnce(name: SubjectName, sessions: number, seconds: number): Promise<RelayRun> {
  return withScene(name, sessions, 2, async ({ flood }) => {
    const { failed } = await flood.connect(0, sessions, 64);
    if (failed > 0) throw new Error(`${name}: ${failed} of ${sessions} connections failed`);
    const full = await flood.saturate(WARM_SECONDS, seconds);
    if (full.messages === 0) throw new Error(`${name}: nothing arrived; is the machine free?`);
    const perSecond = full.messages / (full.wallNs / 1e9);
    const half = await flood.rate(1, seconds, perSecond / 2);
    return {
      cpuMicros: full.serverCpuNs / 1e3 / full.messages,
      perSecond,
      p99MsAtHalf: half.p99Ns / 1e6,
      lost: full.lost + half.lost + full.duplicated + half.duplicated,
      clientBound: clientWasBottleneck(full) ? 1 : 0,
    };
  });
}
