import { median } from '../stats.ts';
import type { CallFigures } from './figures.ts';
import { type Kind, ratiosOf } from './report.ts';

/** What a mesh of eight may cost, compared with the commit before, and how good one of four is on slow lines. */
const GRID = { people: 8, uplink: 0.35, cpu: 0.6, leastSize: 0.9 };
const SLOW = { people: 4, limit: 600, concealed: 0.02, freeze: 2 };

/** Returns a line for each target that these calls can tell something about. */
export function targetsOf(kinds: readonly Kind[]): string[] {
  return kinds.flatMap((kind) => {
    const of = (name: keyof CallFigures) => median(kind.runs.now.map((run) => run[name]));
    if (kind.people === GRID.people && kind.limit === undefined) {
      const ratios = ratiosOf(kind);
      const size = line('8 in a grid, least size', of('leastSize'), '≥', GRID.leastSize, 2);
      if (ratios === undefined) return [size];
      const how = ratios.perFrame ? ' per frame' : '';
      return [
        line(`8 in a grid, uplink to the commit before${how}`, ratios.uplink, '≤', GRID.uplink, 2),
        line(`8 in a grid, CPU to the commit before${how}`, ratios.cpu, '≤', GRID.cpu, 2),
        size,
      ];
    }
    if (kind.people === SLOW.people && kind.limit === SLOW.limit) {
      return [
        line('4 at 0.6 Mbit/s, share of concealed sound', of('concealed'), '≤', SLOW.concealed, 4),
        line('4 at 0.6 Mbit/s, longest freeze in seconds', of('freeze'), '≤', SLOW.freeze, 2),
      ];
    }
    return [];
  });
}

function line(what: string, value: number, sign: '≤' | '≥', target: number, digits: number): string {
  const met = sign === '≤' ? value <= target : value >= target;
  return `${met ? 'reached' : 'NOT REACHED'}: ${what}: ${value.toFixed(digits)} (target ${sign} ${target})`;
}
