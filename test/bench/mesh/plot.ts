import { median } from '../stats.ts';
import type { CallFigures } from './figures.ts';
import { nameOf } from './options.ts';
import type { Commit, Kind } from './report.ts';

interface Panel {
  readonly title: string;
  readonly value: (figures: CallFigures) => number;
}

const PANELS: readonly Panel[] = [
  { title: 'uplink per browser, kbit/s', value: ({ uplinkKbps }) => uplinkKbps },
  { title: 'CPU seconds per browser and minute', value: ({ cpu }) => cpu },
  { title: 'longest freeze, s', value: ({ freeze }) => freeze },
  { title: 'concealed sound, %', value: ({ concealed }) => concealed * 100 },
];
const COLORS: Readonly<Record<Commit, string>> = { before: '#9a6700', now: '#0969da' };
/** One dash pattern per limit, in the order of the limits. */
const DASHES = ['', '7 4', '2 4', '10 3 2 3'];
const WIDTH = 400;
const HEIGHT = 240;
const INSET = { left: 56, right: 16, top: 34, bottom: 34 };

/** Returns an SVG of four small plots over the number of people, a line per commit and limit. */
export function plot(kinds: readonly Kind[]): string {
  const legendHeight = 30;
  const [width, height] = [WIDTH * 2, HEIGHT * 2 + legendHeight];
  const panels = PANELS.map(
    (panel, index) =>
      `<g transform="translate(${(index % 2) * WIDTH} ${Math.floor(index / 2) * HEIGHT})">${draw(panel, kinds)}</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    '<title>Calls of 2 to 8 people, this commit and the one before</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...panels,
    `<g transform="translate(0 ${HEIGHT * 2})">${legend(kinds)}</g>`,
    '</svg>\n',
  ].join('\n');
}

function draw({ title, value }: Panel, kinds: readonly Kind[]): string {
  const points = linesOf(kinds).map((one) => ({
    ...one,
    at: one.kinds.flatMap((kind) => {
      const runs = kind.runs[one.commit].map(value).filter(Number.isFinite);
      return runs.length === 0 ? [] : [{ people: kind.people, value: median(runs) }];
    }),
  }));
  const all = points.flatMap(({ at }) => at);
  const top = niceTop(Math.max(1, ...all.map((one) => one.value)));
  const sizes = [...new Set(kinds.map(({ people }) => people))].sort((a, b) => a - b);
  const x = (people: number) => {
    const [least = 2, most = 8] = [sizes[0], sizes.at(-1)];
    const room = WIDTH - INSET.left - INSET.right;
    return round(INSET.left + (most === least ? 0.5 : (people - least) / (most - least)) * room);
  };
  const y = (of: number) => round(HEIGHT - INSET.bottom - (of / top) * (HEIGHT - INSET.top - INSET.bottom));
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(top * part);
    return `<path d="M${INSET.left} ${at}H${WIDTH - INSET.right}" stroke="#ddd"/><text x="${INSET.left - 6}" y="${at + 4}" text-anchor="end">${round(top * part)}</text>`;
  });
  const ticks = sizes.map(
    (people) => `<text x="${x(people)}" y="${HEIGHT - 14}" text-anchor="middle">${people} people</text>`,
  );
  const lines = points.map(({ commit, dash, at }) => {
    const path = at
      .map((one, index) => `${index === 0 ? 'M' : 'L'}${x(one.people)} ${y(one.value)}`)
      .join('');
    const dots = at.map(
      (one) => `<circle cx="${x(one.people)}" cy="${y(one.value)}" r="3" fill="${COLORS[commit]}"/>`,
    );
    return `<path d="${path}" fill="none" stroke="${COLORS[commit]}" stroke-width="2" stroke-dasharray="${dash}"/>${dots.join('')}`;
  });
  return [
    `<text x="${INSET.left}" y="20" font-weight="bold">${title}</text>`,
    ...grid,
    ...ticks,
    ...lines.filter((one) => !one.startsWith('<path d=""')),
  ].join('');
}

function linesOf(kinds: readonly Kind[]) {
  const limits = [...new Set(kinds.map(({ limit }) => limit))];
  return limits.flatMap((limit, index) =>
    (['before', 'now'] as const).map((commit) => ({
      commit,
      limit,
      dash: DASHES[index % DASHES.length] ?? '',
      kinds: kinds.filter((kind) => kind.limit === limit).sort((a, b) => a.people - b.people),
    })),
  );
}

function legend(kinds: readonly Kind[]): string {
  const shown = linesOf(kinds).filter((one) => one.kinds.some((kind) => kind.runs[one.commit].length > 0));
  const step = (WIDTH * 2 - INSET.left) / Math.max(shown.length, 1);
  return shown
    .map(({ commit, limit, dash }, index) => {
      const at = round(INSET.left + index * step);
      const name = limit === undefined ? 'no limit' : `${nameOf(limit)} Mbit/s`;
      return `<path d="M${at} 12h24" stroke="${COLORS[commit]}" stroke-width="2" stroke-dasharray="${dash}"/><text x="${at + 28}" y="16">${commit}, ${name}</text>`;
    })
    .join('');
}

/** Returns the least of 1, 2, 4, 6, 8 or 10 times a power of ten that is above the value. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
