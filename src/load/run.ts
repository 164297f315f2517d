import type { Clock } from '../lib/clock.ts';
import { Accounting } from './accounting.ts';
import { Broadcasts } from './broadcasts.ts';
import { Latencies } from './histogram.ts';
import type { Random } from './random.ts';
import { Timeline } from './timeline.ts';

/** What all peers of one run share: the books and the dice. */
export interface Run {
  readonly wsUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly accounting: Accounting;
  readonly broadcasts: Broadcasts;
  readonly latencies: Latencies;
  readonly timeline: Timeline;
  /** By code of the wire contract or of the SDK. */
  readonly errors: Map<string, number>;
  readonly counts: RunCounts;
}

export interface RunCounts {
  /** Peers that are in their room now. */
  inside: number;
  /** Begun, done, and refused or given up. */
  attempts: number;
  joins: number;
  failedJoins: number;
  /** Requests that the server has not answered. */
  unanswered: number;
  /** Sockets that were cut, and the sessions that came back whole or as new ones. */
  cut: number;
  /** Of these, the ones that have not come back yet. */
  down: number;
  resumed: number;
  notResumed: number;
  /** Actions due for a peer that was in no room just then. */
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

/** @returns the code that it was counted under */
export function countError({ errors }: Run, thrown: unknown): string {
  const code = codeOf(thrown);
  errors.set(code, (errors.get(code) ?? 0) + 1);
  return code;
}

/** The SDK's errors and those of `server-api.ts` carry one. */
export function codeOf(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return thrown instanceof Error ? thrown.name : 'unknown';
}

/** Whether the session ended before the server answered: it may have processed the message, or not. */
export function isAnswerLost(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'closed' || code === 'session_lost';
}
