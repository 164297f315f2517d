import { median, medians, rounded } from '../stats.ts';
import { markdown } from '../table.ts';
import { CONTENDERS, type Contender, type Flooded, type Question } from './measure.ts';
import { PATHS, type Path } from './paths.ts';
import type { SignalingRun } from './signaling.ts';

export interface Figure extends Question {
  readonly result: Flooded | undefined;
}

export const PAYLOADS = [160, 1200] as const;
export const DELAY_RATE = 20_000;

/** What the relay is to reach, as parts of another's packets a second. */
const TARGETS = { coturn: 0.6, forwarder: 0.9, inside: 1 };
/** Where so small a part was lost, the flood client may have been the slower one. */
const UNTROUBLED = 0.01;

/** Tables in Markdown, of what was measured. */
export function report(figures: readonly Figure[], signaling: readonly SignalingRun[]): string {
  const paced = figures.filter(({ rate }) => rate > 0);
  return [
    ...(figures.length > paced.length ? [speed(figures), cpu(figures)] : []),
    ...(paced.length > 0 ? [delay(figures)] : []),
    ...(signaling.length > 0 ? [signalingTable(signaling)] : []),
  ].join('\n');
}

function speed(figures: readonly Figure[]): string {
  const cell = (contender: Contender, way: Path, payload: number) => {
    const path = contender === 'direct' ? PATHS[0] : way;
    const runs = found(figures, contender, path, payload, 0);
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

function delay(figures: readonly Figure[]): string {
  const at = (contender: Contender, what: 'p50Us' | 'p99Us') =>
    medianOf(figures, contender, 'channel up', 160, what, DELAY_RATE);
  const direct = at('direct', 'p99Us') ?? 0;
  return markdown({
    title: `delay at ${DELAY_RATE.toLocaleString('en-US')} packets a second, µs`,
    head: ['server', 'p50', 'p99', 'p99 added'],
    rows: CONTENDERS.map((contender) => {
      const p99 = at(contender, 'p99Us');
      return [contender, at(contender, 'p50Us') ?? '–', p99 ?? '–', p99 === undefined ? '–' : p99 - direct];
    }),
    notes: ['target: p99 added below 1,000'],
    figures,
  });
}

function signalingTable(runs: readonly SignalingRun[]): string {
  const middle = medians(runs);
  const { quietP99, floodedP99, besideP99, lost, sentPerSecond, relayedPerSecond } = middle;
  return markdown({
    title: "signaling while the server's relay is flooded, 1,000 messages a second",
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
  return PATHS.filter((path) => figures.some((one) => one.path === path && one.rate === 0)).flatMap((path) =>
    PAYLOADS.map((payload) => [`${path}, ${payload}`, ...cells(path, payload)] as const),
  );
}

function found(
  figures: readonly Figure[],
  contender: Contender,
  path: Path,
  payload: number,
  rate: number,
): Flooded[] {
  return figures
    .filter(
      (one) =>
        one.contender === contender && one.path === path && one.payload === payload && one.rate === rate,
    )
    .flatMap(({ result }) => result ?? []);
}

function medianOf(
  figures: readonly Figure[],
  contender: Contender,
  path: Path,
  payload: number,
  what: 'perSecond' | 'cpuMicros' | 'p50Us' | 'p99Us',
  rate = 0,
): number | undefined {
  const values = found(figures, contender, path, payload, rate).flatMap((one) => one[what] ?? []);
  return values.length === 0 ? undefined : median(values);
}

function isFloodBound(runs: readonly Flooded[]): boolean {
  return median(runs.map(({ sent, received }) => 1 - received / sent)) < UNTROUBLED;
}
