import { MESSAGE_KINDS } from './accounting.ts';
import { TIMED_KINDS } from './histogram.ts';
import { latencyPlot, timePlot } from './plots.ts';
import type { Report } from './report.ts';
import { count, fixed } from './report-table.ts';

/** The report as one HTML file, without scripts or external resources. */
export function reportHtml(report: Report): string {
  const { failures, timeline } = report;
  const timed = TIMED_KINDS.filter((kind) => report.latencies[kind] !== undefined);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley load: ${escapeHtml(report.url)}</title>
<style>${STYLE}</style>
<main>
<h1>Parley under load</h1>
<p class="${failures.length === 0 ? 'passed' : 'failed'}">${verdict(failures)}</p>
${facts(report)}
<h2>Latency by percentile</h2>
${wide(latencyPlot(timed.map((kind) => ({ name: kind, points: report.curves[kind] ?? [] }))))}
${table(
  ['ms', 'count', 'p50', 'p90', 'p99', 'p99.9', 'max'],
  timed.map((kind) => [kind, ...latencyCells(report, kind)]),
)}
<h2>Messages per second</h2>
${wide(
  timePlot([
    { name: 'sent', values: timeline.map(({ sent }) => sent) },
    { name: 'received', values: timeline.map(({ received }) => received) },
  ]),
)}
<h2>Joins per second</h2>
${wide(timePlot([{ name: 'joins', values: timeline.map(({ joins }) => joins) }]))}
<h2>Every message accounted for</h2>
${table(
  ['kind', 'accepted', 'received', 'lost', 'duplicated', 'out of order', 'receiver left'],
  [
    ...MESSAGE_KINDS.map((kind) => [kind, ...tallyCells(report.messages[kind])]),
    ['all', ...tallyCells(report.totals)],
  ],
)}
<h2>Errors</h2>
${errors(report)}
</main>
</html>
`;
}

function verdict(failures: readonly string[]): string {
  if (failures.length === 0)
    return 'Passed: every message that the server accepted arrived once and in order.';
  return `Failed: ${escapeHtml(failures.join(', '))}.`;
}

function facts({
  url,
  startedAt,
  duration,
  rooms,
  peersPerRoom,
  seed,
  joins,
  sessions,
  client,
  ...rest
}: Report): string {
  const pairs: readonly (readonly [string, string])[] = [
    ['Server', url],
    ['Started', startedAt],
    ['Duration', `${fixed(duration)} s${rest.interrupted ? ', interrupted' : ''}`],
    ['Rooms', `${count(rooms)} with ${peersPerRoom} peers each`],
    ['Actions', `${count(rest.actionsPerSecond)} per second`],
    ['Joins', `${count(joins.ok)} succeeded, ${count(joins.failed)} failed`],
    [
      'Connections cut',
      `${count(sessions.cut)}; ${count(sessions.resumed)} resumed, ${count(sessions.notResumed)} not resumed`,
    ],
    [
      'Load tool',
      `busy ${Math.round(client.utilization * 100)} %${client.saturated ? ': it was the bottleneck' : ''}`,
    ],
    ['Seed', String(seed)],
  ];
  return `<dl>${pairs.map(([name, value]) => `<dt>${name}<dd>${escapeHtml(value)}`).join('')}</dl>`;
}

function latencyCells(report: Report, kind: (typeof TIMED_KINDS)[number]): string[] {
  const row = report.latencies[kind];
  if (row === undefined) return [];
  return [count(row.count), ...[row.p50, row.p90, row.p99, row.p999, row.max].map(fixed)];
}

function tallyCells(tally: Report['totals']): string[] {
  const { accepted, received, lost, duplicated, outOfOrder, unreachable } = tally;
  return [accepted, received, lost, duplicated, outOfOrder, unreachable].map(count);
}

function errors(report: Report): string {
  const rows = Object.entries(report.errors).map(([code, times]) => [code, count(times)]);
  return rows.length === 0 ? '<p>None.</p>' : table(['code', 'times'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const headRow = head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
  const bodyRows = rows.map(([first = '', ...cells]) => {
    const numbers = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(first)}</th>${numbers}</tr>`;
  });
  return wide(`<table><thead><tr>${headRow}</tr></thead><tbody>\n${bodyRows.join('\n')}\n</tbody></table>`);
}

/** Lets wide content scroll on a narrow screen, also by keyboard. */
function wide(content: string): string {
  return `<div class="wide" tabindex="0">${content}</div>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 0 } main { max-width: 60rem; margin: auto; padding: 1.5rem }
dl { display: grid; grid-template-columns: max-content auto; gap: .2rem 1.5rem } dt { opacity: .7 } dd { margin: 0 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0 }
th, td { text-align: right; padding: .2rem .8rem; border-bottom: 1px solid #8884 }
th:first-child { text-align: left; font-weight: 600; padding-left: 0 }
svg { width: 100%; min-width: 42rem; height: auto; font: 12px system-ui, sans-serif } svg text { fill: currentColor }
.wide { overflow-x: auto } dd { overflow-wrap: anywhere }
.axis { stroke: currentColor; opacity: .25 }
.passed, .failed { font-weight: 600; padding: .5rem 1rem; border-radius: .4rem; background: #2e8b5733 }
.failed { background: #d33a }
`;
