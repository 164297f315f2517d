import { readFileSync } from 'node:fs';

/** Counters of `/proc/stat` by core, in hundredths of a second; see proc(5). */
const TICK_MS = 10;
const STEAL = 8;

/** Share of the time, by core, in which the host ran other machines although this one had work. */
export type Stolen = readonly number[];

/** Starts measuring. @returns a function that returns what was stolen since */
export function watchStolen(): () => Stolen {
  const before = stealTicks();
  const since = performance.now();
  return () => {
    const ms = performance.now() - since;
    return stealTicks().map((ticks, core) => ((ticks - (before[core] ?? 0)) * TICK_MS) / ms);
  };
}

/** Returns a sentence for the foot of a table. */
export function stolenNote(stolen: Stolen): string {
  const parts = stolen.map((part, core) => `${(part * 100).toFixed(1)} % of core ${core}`);
  return `meanwhile the machine's host took ${parts.join(' and ')} for others (steal)`;
}

function stealTicks(): number[] {
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  return lines.filter((line) => /^cpu\d/.test(line)).map((line) => Number(line.split(' ')[STEAL]));
}
