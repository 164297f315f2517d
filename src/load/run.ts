import type { Clock } from '../lib/clock.ts';
import { Accounting } from './accounting.ts';
import { Broadcasts } from './broadcasts.ts';
import { Latencies } from './histogram.ts';
import type { Random } from './random.ts';
import { Timeline } from './timeline.ts';

/** What all peers of one run share. */
export interface Run {
  readonly wsUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly accounting: Accounting;
  readonly broadcasts: Broadcasts;
  readonly latencies: Latencies;
  readonly timeline: Timeline;
  /** Counts by error code of the wire contract or the SDK. */
  readonly errors: Map<string, number>;
  readonly counts: RunCounts;
}

export interface RunCounts {
  /** Peers that are in their room now. */
  inside: number;
  /** Joins that were begun. */
  attempts: number;
  joins: number;
  /** Joins that the server refused or never answered. */
  failedJoins: number;
  /** Requests that the server has not answered. */
  unanswered: number;
  /** Sockets that were cut. */
  cut: number;
  /** Of these, those that are not connected again yet. */
  down: number;
  /** Sessions that were resumed after a cut. */
  resumed: number;
  /** Sessions that were replaced by new ones. */
  notResumed: number;
  /** Actions that were due for a peer outside its room, or alone. */
  skipped: number;
}

export function createRun(deps: { wsUrl: string; clock: Clock; random: Random }): Run {
  const accounting = new Accounting();
  return {
    ...deps,
    accounting,
    broadcasts: new Broadcasts(accounting),
    latencies: new Latencies(),
    timeline: new Timeline(() => deps.clock.monotonic()),
    errors: new Map(),
    counts: {
      inside: 0,
      attempts: 0,
      joins: 0,
      failedJoins: 0,
      unanswered: 0,
      cut: 0,
      down: 0,
      resumed: 0,
      notResumed: 0,
      skipped: 0,
    },
  };
}

/** Counts an error by its code, and returns the code. */
export function countError({ errors }: Run, thrown: unknown): string {
  const code = codeOf(thrown);
  errors.set(code, (errors.get(code) ?? 0) + 1);
  return code;
}

/** The `code` of the SDK's errors and those of server-api.ts; the name of any other. */
export function codeOf(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return thrown instanceof Error ? thrown.name : 'unknown';
}

/** Whether the session ended before the server answered: it may or may not have processed the message. */
export function isAnswerLost(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'closed' || code === 'session_lost';
}
