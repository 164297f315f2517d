import { readdirSync, readFileSync } from 'node:fs';

/** Hundredths of a second; see proc(5). */
const TICKS_PER_SECOND = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its own time and that of children that ended. */
  readonly ticks: number;
}

/** Returns the CPU seconds, user and system, that each of these processes has used together with all below it. */
export function cpuSeconds(roots: readonly number[]): number[] {
  const children = new Map<number, Process[]>();
  const all = new Map<number, Process>();
  for (const one of processes()) {
    all.set(one.pid, one);
    children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
  }
  const total = (one: Process): number =>
    one.ticks + (children.get(one.pid) ?? []).reduce((sum, child) => sum + total(child), 0);
  return roots.map((pid) => {
    const root = all.get(pid);
    return root === undefined ? Number.NaN : total(root) / TICKS_PER_SECOND;
  });
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name in parentheses may hold spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      return [{ pid, parent: Number(fields[1]), ticks }];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}
