/** Plots as inline SVG without a library, so that a report stays readable offline in ten years. */

interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [percentile: number, ms: number])[];
}

interface Series {
  readonly name: string;
  /** One per second. */
  readonly values: readonly number[];
}

interface Mark {
  /** Position along the axis, 0 to 1. */
  readonly at: number;
  readonly label: string;
}

const WIDTH = 900;
const HEIGHT = 320;
const LEFT = 60;
const RIGHT = 120;
const TOP = 12;
const BOTTOM = 30;
/** A palette that colour-blind people can distinguish (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#999999'];
const DASHES = ['', '6 3', '2 3'];

/** Percentiles on a scale of nines, milliseconds on a logarithmic scale. */
export function latencyPlot(curves: readonly Curve[]): string {
  const right = nines(99.99) + 0.5;
  const x = (percentile: number): number => Math.min(right, nines(percentile)) / right;
  const slowest = Math.max(1, ...curves.flatMap(({ points }) => points.map(([, ms]) => ms)));
  const decades = Math.ceil(Math.log10(slowest)) + 1;
  const y = (ms: number): number => Math.max(0, Math.log10(Math.max(ms, 0.1)) + 1) / decades;
  const percentileMarks = [0, 90, 99, 99.9, 99.99].map((at) => ({ at: x(at), label: `p${at}` }));
  const decadeMarks = Array.from({ length: decades + 1 }, (_, power) => ({
    at: power / decades,
    label: `${10 ** (power - 1)} ms`,
  }));
  return plot(
    'latency in milliseconds by percentile',
    [...percentileMarks, { at: 1, label: 'max' }],
    decadeMarks,
    curves.map(({ name, points }) => ({ name, path: points.map(([p, ms]) => [x(p), y(ms)] as const) })),
  );
}

export function timePlot(series: readonly Series[]): string {
  const seconds = Math.max(1, ...series.map(({ values }) => values.length - 1));
  const max = roundUp(Math.max(1, ...series.flatMap(({ values }) => values)));
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  return plot(
    `${series.map(({ name }) => name).join(', ')} per second over time`,
    quarters.map((at) => ({ at, label: `${Math.round(at * seconds)} s` })),
    quarters.map((at) => ({ at, label: (at * max).toLocaleString('en-US') })),
    series.map(({ name, values }) => ({
      name,
      path: values.map((value, second) => [second / seconds, value / max] as const),
    })),
  );
}

interface Line {
  readonly name: string;
  /** Both coordinates 0 to 1, y upward. */
  readonly path: readonly (readonly [x: number, y: number])[];
}

function plot(
  title: string,
  across: readonly Mark[],
  upward: readonly Mark[],
  lines: readonly Line[],
): string {
  const x = (part: number): string => (LEFT + part * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (part: number): string => (HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const grid = [
    ...across.map(
      ({ at, label }) =>
        `<path class="axis" d="M${x(at)} ${y(0)}V${y(1)}"/><text x="${x(at)}" y="${HEIGHT - 10}" text-anchor="middle">${label}</text>`,
    ),
    ...upward.map(
      ({ at, label }) =>
        `<path class="axis" d="M${x(0)} ${y(at)}H${x(1)}"/><text x="${LEFT - 6}" y="${y(at)}" dy="4" text-anchor="end">${label}</text>`,
    ),
  ];
  const drawn = lines.map(({ name, path }, index) => {
    const look = `stroke="${COLOURS[index % COLOURS.length]}" stroke-width="2" stroke-dasharray="${DASHES[Math.floor(index / COLOURS.length) % DASHES.length]}"`;
    const points = path.map((point) => `${x(point[0])},${y(point[1])}`).join(' ');
    const legendY = TOP + 12 + index * 18;
    return (
      `<polyline fill="none" ${look} points="${points}"/>` +
      `<path ${look} d="M${WIDTH - RIGHT + 12} ${legendY - 4}h24"/>` +
      `<text x="${WIDTH - RIGHT + 42}" y="${legendY}">${name}</text>`
    );
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">\n${[...grid, ...drawn].join('\n')}\n</svg>`;
}

/** The number of nines: p0 → 0, p90 → 1, p99 → 2. */
function nines(percentile: number): number {
  return percentile >= 100 ? Number.POSITIVE_INFINITY : -Math.log10(1 - percentile / 100);
}

/** Rounds up to one significant digit. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / unit) * unit;
}
