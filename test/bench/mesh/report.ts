import type { Outcome } from '../measures/measure.ts';
import { median, medians } from '../stats.ts';
import { CAMERA } from './camera.ts';
import type { CallFigures } from './figures.ts';
import { type Limit, type MeshOptions, nameOf } from './options.ts';

export type Commit = 'before' | 'now';

/** One kind of call, and what its runs came to, in the order in which they ran. */
export interface Kind {
  readonly people: number;
  readonly limit: Limit;
  readonly runs: Readonly<Record<Commit, readonly CallFigures[]>>;
}

/** Share of the camera's frames below which a commit couldn't encode all. */
const ALL_FRAMES = 0.95;

/** The ratios of this commit to the one before, medians of those in the same run. */
export interface Ratios {
  readonly uplink: number;
  readonly cpu: number;
  /** Whether they are per encoded frame, because one of the two couldn't encode all of them. */
  readonly perFrame: boolean;
}

export function ratiosOf({ runs }: Kind): Ratios | undefined {
  const pairs = runs.now.flatMap((now, index) => {
    const before = runs.before[index];
    return before === undefined ? [] : [{ now, before }];
  });
  if (pairs.length === 0) return undefined;
  const ratio = (name: 'uplinkKbps' | 'cpu' | 'bytesPerFrame' | 'cpuPerFrame') =>
    median(pairs.map(({ now, before }) => now[name] / before[name]));
  const perFrame = median(pairs.map(({ before }) => before.encoded)) < ALL_FRAMES;
  return perFrame
    ? { uplink: ratio('bytesPerFrame'), cpu: ratio('cpuPerFrame'), perFrame }
    : { uplink: ratio('uplinkKbps'), cpu: ratio('cpu'), perFrame };
}

export function report(kinds: readonly Kind[], options: MeshOptions): Outcome {
  const { window, seconds, settle, runs } = options;
  return {
    title: `calls of ${CAMERA.width}×${CAMERA.height} at ${CAMERA.fps} fps in windows of ${window.width}×${window.height}`,
    head: [
      'people',
      'uplink limit, Mbit/s',
      'commit',
      'uplink, kbit/s',
      'CPU s a minute',
      'shown, px',
      'decoded, px',
      'least size',
      'fps',
      'longest freeze, s',
      'held, %',
      'concealed sound, %',
      'frames encoded, %',
      'key frames a minute',
      'uplink, to before',
      'CPU, to before',
    ],
    rows: kinds.flatMap(rowsOf),
    notes: [
      `medians of ${runs} run${runs === 1 ? '' : 's'} of ${seconds} s each, ${settle} s after everybody saw everybody; uplink, CPU, fps and key frames: means over the browsers and pictures of a call; least size and longest freeze: of the worst tile`,
      'ratios marked * are per encoded frame, because the commit before could not encode all frames of the camera',
      `offers and \`track\` events while measured: ${negotiationsOf(kinds)}`,
    ],
    figures: { kinds, options },
  };
}

function rowsOf(kind: Kind): (string | number)[][] {
  return (['before', 'now'] as const).flatMap((commit) => {
    const runs = kind.runs[commit];
    if (runs.length === 0) return [];
    const all = medians<CallFigures>(runs);
    const ratios = commit === 'now' ? ratiosOf(kind) : undefined;
    const ratio = (value: number | undefined) =>
      value === undefined ? '' : `${value.toFixed(2)}×${ratios?.perFrame === true ? '*' : ''}`;
    return [
      [
        String(kind.people),
        nameOf(kind.limit),
        commit,
        Math.round(all.uplinkKbps),
        fixed(all.cpu, 1),
        fixed(all.shown),
        fixed(all.decoded),
        fixed(all.leastSize, 2),
        fixed(all.fps, 1),
        fixed(all.freeze, 1),
        fixed(all.held * 100),
        fixed(all.concealed * 100, 1),
        fixed(all.encoded * 100),
        fixed(all.keyFramesPerMinute, 1),
        ratio(ratios?.uplink),
        ratio(ratios?.cpu),
      ],
    ];
  });
}

function negotiationsOf(kinds: readonly Kind[]): string {
  const told = (['before', 'now'] as const).flatMap((commit) => {
    const runs = kinds.flatMap((kind) => kind.runs[commit]);
    if (runs.length === 0) return [];
    const sum = (name: 'offers' | 'tracks') => runs.reduce((total, one) => total + one[name], 0);
    return [`${commit} ${sum('offers')} and ${sum('tracks')}`];
  });
  return told.join(', ');
}

/** Returns an en dash for what there was none of. */
function fixed(value: number, digits = 0): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
