import { median, medians, rounded } from '../stats.ts';
import { markdown } from '../table.ts';
import { DELAY_RATE, DELAYERS, type DelayTurn } from './delay.ts';
import { CONTENDERS, type Contender, type Flooded, type Question } from './measure.ts';
import { PATHS, type Path } from './paths.ts';
import type { SignalingRun } from './signaling.ts';

export interface Figure extends Question {
  readonly result: Flooded | undefined;
}

export const PAYLOADS = [160, 1200] as const;

/** Goals of the relay, as shares of another server's packets per second. */
const TARGETS = { coturn: 0.6, forwarder: 0.9, inside: 1 };
/** Share of lost packets below which the flood client may have been the slower one. */
const UNTROUBLED = 0.01;

/** The results as Markdown tables. */
export function report(
  figures: readonly Figure[],
  delays: readonly DelayTurn[],
  signaling: readonly SignalingRun[],
): string {
  return [
    ...(figures.length > 0 ? [speed(figures), cpu(figures)] : []),
    ...(delays.length > 0 ? [delay(delays)] : []),
    ...(signaling.length > 0 ? [signalingTable(signaling)] : []),
  ].join('\n');
}

function speed(figures: readonly Figure[]): string {
  const cell = (contender: Contender, way: Path, payload: number) => {
    const path = contender === 'direct' ? PATHS[0] : way;
    const runs = found(figures, contender, path, payload);
    if (runs.length === 0) return '–';
    const rate = Math.round(median(runs.map(({ perSecond }) => perSecond))).toLocaleString('en-US');
    return contender !== 'direct' && isFloodBound(runs) ? `≥ ${rate}` : rate;
  };
  return markdown({
    title: 'packets a second',
    head: ['way, bytes', ...CONTENDERS, 'to coturn', 'to forwarder'],
    rows: rowsOf(figures, (path, payload) => {
      const ours = medianOf(figures, 'ours', path, payload, 'perSecond');
      const ratio = (contender: Contender) => {
        const theirs = medianOf(figures, contender, path, payload, 'perSecond');
        return ours === undefined || theirs === undefined ? '–' : `${(ours / theirs).toFixed(2)}×`;
      };
      return [
        ...CONTENDERS.map((contender) => cell(contender, path, payload)),
        ratio('coturn'),
        ratio('forwarder'),
      ];
    }),
    notes: [
      `targets: ${TARGETS.coturn} of coturn and ${TARGETS.forwarder} of the forwarder; client to client ${TARGETS.inside.toFixed(1)} of coturn`,
      'direct is the flood client with nothing between: it is not the bottleneck where a figure is below that and packets were lost on the way; ≥ where hardly any were',
    ],
    figures,
  });
}

function cpu(figures: readonly Figure[]): string {
  const servers = CONTENDERS.filter((contender) => contender !== 'direct');
  return markdown({
    title: "the server's CPU µs for a packet, at saturation",
    head: ['way, bytes', ...servers],
    rows: rowsOf(figures, (path, payload) =>
      servers.map((contender) => {
        const micros = medianOf(figures, contender, path, payload, 'cpuMicros');
        return micros === undefined ? '–' : rounded(micros, 2);
      }),
    ),
    notes: [],
    figures,
  });
}

function delay(turns: readonly DelayTurn[]): string {
  const rows = DELAYERS.map((contender) => {
    const mine = turns.flatMap((turn) => {
      const own = turn.get(contender);
      const direct = turn.get('direct');
      const hop = turn.get('hop');
      if (own === undefined || direct === undefined || hop === undefined) return [];
      return [{ ...own, toDirect: own.p99 - direct.p99, toHop: own.p99 - hop.p99 }];
    });
    if (mine.length === 0) return [contender, '–', '–', '–', '–', '–'];
    const { p50, p99, toDirect, toHop } = medians(mine);
    return [contender, p50, p99, toDirect, toHop, Math.max(...mine.map((turn) => turn.p99))];
  });
  return markdown({
    title: `delay at ${DELAY_RATE.toLocaleString('en-US')} packets a second, µs, medians of ${turns.length} turns`,
    head: ['server', 'p50', 'p99', 'more than direct', 'more than the hop', 'p99 of the worst turn'],
    rows,
    notes: [
      'target: p99 added below 1,000',
      'hop: a bare loop in C on the core of the servers; direct does not touch that core',
    ],
    figures: turns,
  });
}

function signalingTable(runs: readonly SignalingRun[]): string {
  const { quietP99, floodedP99, besideP99, sentPerSecond, relayedPerSecond } = medians(runs);
  const lost = runs.reduce((sum, run) => sum + run.lost, 0);
  return markdown({
    title: `signaling while the server's relay is flooded, 1,000 messages a second, medians of ${runs.length} turns`,
    head: ['relay', 'p99 ms', 'to quiet'],
    rows: [
      ['quiet', rounded(quietP99, 3), '1.00×'],
      ['flooded', rounded(floodedP99, 3), `${(floodedP99 / quietP99).toFixed(2)}×`],
      ['quiet, the flood to nobody', rounded(besideP99, 3), `${(besideP99 / quietP99).toFixed(2)}×`],
    ],
    notes: [
      'target: flooded at most 2.00×',
      `the flood sent ${Math.round(sentPerSecond).toLocaleString('en-US')} packets a second, of which came through ${Math.round(relayedPerSecond).toLocaleString('en-US')}; signaling lost ${lost}`,
    ],
    figures: runs,
  });
}

function rowsOf(
  figures: readonly Figure[],
  cells: (path: Path, payload: number) => readonly (string | number)[],
) {
  return PATHS.filter((path) => figures.some((one) => one.path === path)).flatMap((path) =>
    PAYLOADS.map((payload) => [`${path}, ${payload}`, ...cells(path, payload)] as const),
  );
}

function found(figures: readonly Figure[], contender: Contender, path: Path, payload: number): Flooded[] {
  return figures
    .filter((one) => one.contender === contender && one.path === path && one.payload === payload)
    .flatMap(({ result }) => result ?? []);
}

function medianOf(
  figures: readonly Figure[],
  contender: Contender,
  path: Path,
  payload: number,
  what: 'perSecond' | 'cpuMicros',
): number | undefined {
  const values = found(figures, contender, path, payload).flatMap((one) => one[what] ?? []);
  return values.length === 0 ? undefined : median(values);
}

function isFloodBound(runs: readonly Flooded[]): boolean {
  return median(runs.map(({ sent, received }) => 1 - received / sent)) < UNTROUBLED;
}
