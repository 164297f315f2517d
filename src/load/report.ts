import { MESSAGE_KINDS, type MessageKind, type Tally } from './accounting.ts';
import { type Percentiles, TIMED_KINDS, type TimedKind } from './histogram.ts';
import type { LoadOptions } from './options.ts';
import type { Run, RunCounts } from './run.ts';
import type { Outcome } from './scenario.ts';
import type { Second } from './timeline.ts';

/** The result of a run, as `--json` prints it. Latencies are in milliseconds. */
export interface Report {
  readonly url: string;
  readonly startedAt: string;
  readonly seed: number;
  readonly rooms: number;
  readonly peersPerRoom: number;
  /** Seconds. */
  readonly duration: number;
  readonly actionsPerSecond: number;
  readonly interrupted: boolean;
  readonly joins: { readonly ok: number; readonly failed: number };
  readonly sessions: Pick<RunCounts, 'cut' | 'resumed' | 'notResumed'>;
  readonly messages: Readonly<Record<MessageKind, Tally>>;
  readonly totals: Tally;
  readonly latencies: Readonly<Partial<Record<TimedKind, Percentiles>>>;
  readonly curves: Readonly<
    Partial<Record<TimedKind, readonly (readonly [percentile: number, ms: number])[]>>
  >;
  readonly errors: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly skipped: number;
  readonly timeline: readonly Readonly<Second>[];
  readonly client: { readonly utilization: number; readonly saturated: boolean };
  /** Why the run failed; empty if it passed. */
  readonly failures: readonly string[];
}

/** Above this share of busy time, the load tool measures mostly itself. */
const SATURATED = 0.85;

export function createReport(options: LoadOptions, run: Run, outcome: Outcome, startedAt: number): Report {
  const { accounting, counts, errors, latencies, timeline } = run;
  const timed = TIMED_KINDS.flatMap((kind) => {
    const percentiles = latencies.percentiles(kind);
    return percentiles === undefined ? [] : [{ kind, percentiles }];
  });
  const facts = {
    url: options.wsUrl,
    startedAt: new Date(startedAt).toISOString(),
    seed: options.seed,
    rooms: options.rooms,
    peersPerRoom: options.peers,
    duration: outcome.seconds,
    actionsPerSecond: options.rate,
    interrupted: outcome.interrupted,
    joins: { ok: counts.joins, failed: counts.failedJoins },
    sessions: { cut: counts.cut, resumed: counts.resumed, notResumed: counts.notResumed },
    messages: accounting.tallies,
    totals: totalOf(accounting.tallies),
    latencies: Object.fromEntries(timed.map(({ kind, percentiles }) => [kind, percentiles])),
    curves: Object.fromEntries(timed.map(({ kind }) => [kind, latencies.curve(kind)])),
    errors: Object.fromEntries([...errors].sort(([, a], [, b]) => b - a)),
    unanswered: errors.get('unanswered') ?? 0,
    skipped: counts.skipped,
    timeline: timeline.seconds,
    client: { utilization: outcome.utilization, saturated: outcome.utilization > SATURATED },
  };
  return { ...facts, failures: failuresOf(facts, options.maxP99) };
}

function totalOf(tallies: Report['messages']): Tally {
  const total = { accepted: 0, received: 0, lost: 0, duplicated: 0, outOfOrder: 0, unreachable: 0 };
  for (const tally of Object.values(tallies)) {
    total.accepted += tally.accepted;
    total.received += tally.received;
    total.lost += tally.lost;
    total.duplicated += tally.duplicated;
    total.outOfOrder += tally.outOfOrder;
    total.unreachable += tally.unreachable;
  }
  return total;
}

function failuresOf(facts: Omit<Report, 'failures'>, maxP99: number | undefined): string[] {
  const { totals, joins, sessions, unanswered, latencies } = facts;
  const counted: readonly (readonly [count: number, what: string])[] = [
    [totals.lost, 'lost'],
    [totals.duplicated, 'duplicated'],
    [totals.outOfOrder, 'out of order'],
    [unanswered, 'unanswered'],
    [joins.failed, 'failed to join'],
    [sessions.notResumed, 'not resumed'],
  ];
  const failures = counted.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  for (const kind of MESSAGE_KINDS) {
    const p99 = latencies[kind]?.p99 ?? 0;
    if (maxP99 !== undefined && p99 > maxP99) failures.push(`p99 of ${kind} ${p99} ms, above ${maxP99} ms`);
  }
  return failures;
}
