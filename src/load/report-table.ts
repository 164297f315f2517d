import { MESSAGE_KINDS } from './accounting.ts';
import { TIMED_KINDS } from './histogram.ts';
import type { Report } from './report.ts';

/** The report as text for a terminal. */
export function reportTable(report: Report): string {
  const { totals, joins, sessions, client } = report;
  const perSecond = report.duration > 0 ? Math.round(totals.received / report.duration) : 0;
  return [
    '',
    `${report.url}  ${report.rooms} rooms with ${report.peersPerRoom} peers each, ${fixed(report.duration)} s, seed ${report.seed}` +
      (report.interrupted ? ', interrupted' : ''),
    '',
    ...columns([
      ['latency, ms', 'count', 'p50', 'p90', 'p99', 'p99.9', 'max'],
      ...TIMED_KINDS.flatMap((kind) => {
        const row = report.latencies[kind];
        if (row === undefined) return [];
        return [[kind, count(row.count), ...[row.p50, row.p90, row.p99, row.p999, row.max].map(fixed)]];
      }),
    ]),
    '',
    ...columns([
      ['messages', 'accepted', 'received', 'lost', 'duplicated', 'out of order', 'receiver left'],
      ...MESSAGE_KINDS.map((kind) => [kind, ...tallyCells(report.messages[kind])]),
      ['all', ...tallyCells(totals)],
    ]),
    '',
    `joins: ${count(joins.ok)} succeeded, ${count(joins.failed)} failed; messages received: ${count(perSecond)} per second`,
    `connections cut: ${count(sessions.cut)}, resumed ${count(sessions.resumed)}, not resumed ${count(sessions.notResumed)}`,
    `errors: ${errorList(report.errors)}`,
    `load tool: busy ${Math.round(client.utilization * 100)} % of the time`,
    ...(client.saturated
      ? [
          '  The load tool was the bottleneck, so the latencies are its own: lower --rate, or run it on several machines.',
        ]
      : []),
    '',
    report.failures.length === 0
      ? 'PASSED: every message that the server accepted arrived once and in order'
      : `FAILED: ${report.failures.join(', ')}`,
    '',
  ].join('\n');
}

function tallyCells(tally: Report['totals']): string[] {
  const { accepted, received, lost, duplicated, outOfOrder, unreachable } = tally;
  return [accepted, received, lost, duplicated, outOfOrder, unreachable].map(count);
}

function errorList(errors: Report['errors']): string {
  const entries = Object.entries(errors);
  return entries.length === 0 ? 'none' : entries.map(([code, times]) => `${code} ${count(times)}`).join(', ');
}

/** Aligns the first column to the left and numbers to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** A count as text, such as `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Milliseconds as text, with about three significant digits. */
export function fixed(ms: number): string {
  return ms.toLocaleString('en-US', {
    minimumFractionDigits: ms < 10 ? 2 : 1,
    maximumFractionDigits: ms < 10 ? 2 : 1,
  });
}
