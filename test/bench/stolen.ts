import { readFileSync } from 'node:fs';

/** Of `/proc/stat`, see proc(5): ticks of a hundredth of a second, by core. */
const TICK_MS = 10;
const STEAL = 8;

/** Parts of the time, by core, in which the machine's host ran somebody else though this machine had something to do. */
export type Stolen = readonly number[];

/** @returns what was stolen since the call */
export function watchStolen(): () => Stolen {
  const before = stealTicks();
  const since = performance.now();
  return () => {
    const ms = performance.now() - since;
    return stealTicks().map((ticks, core) => ((ticks - (before[core] ?? 0)) * TICK_MS) / ms);
  };
}

/** In words, for the foot of a table. */
export function stolenNote(stolen: Stolen): string {
  const parts = stolen.map((part, core) => `${(part * 100).toFixed(1)} % of core ${core}`);
  return `meanwhile the machine's host took ${parts.join(' and ')} for others (steal)`;
}

function stealTicks(): number[] {
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  return lines.filter((line) => /^cpu\d/.test(line)).map((line) => Number(line.split(' ')[STEAL]));
}
