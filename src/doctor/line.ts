import type { Facts } from './facts/facts.ts';

export const STATUSES = ['ok', 'skip', 'warn', 'fail'] as const;
export type LineStatus = (typeof STATUSES)[number];

/** What one check found. */
export interface Verdict {
  readonly status: LineStatus;
  readonly result: string;
  /** What to do, with the setting's name; '' if nothing is to do. */
  readonly todo: string;
}

/** One line of the report. */
export interface Line extends Verdict {
  readonly id: string;
  readonly tried: string;
}

/** One thing that is examined. */
export interface Check {
  /** Stable, for programs. */
  readonly id: string;
  /** What is tried, as a clause: `read the settings`. */
  readonly tried: string;
  run(facts: Facts): Verdict | Promise<Verdict>;
}

export function ok(result: string): Verdict {
  return { status: 'ok', result, todo: '' };
}

/** Nothing to examine, or what it needs isn't there. */
export function skip(result: string, todo = ''): Verdict {
  return { status: 'skip', result, todo };
}

export function warn(result: string, todo: string): Verdict {
  return { status: 'warn', result, todo };
}

export function fail(result: string, todo: string): Verdict {
  return { status: 'fail', result, todo };
}

/** The worst of the lines: `ok` if all are ok or skipped. */
export function statusOf(lines: readonly Pick<Line, 'status'>[]): Exclude<LineStatus, 'skip'> {
  if (lines.some(({ status }) => status === 'fail')) return 'fail';
  return lines.some(({ status }) => status === 'warn') ? 'warn' : 'ok';
}
