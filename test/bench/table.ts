import type { Outcome } from './measures/measure.ts';

/** Returns a Markdown table that is readable in a terminal too. */
export function markdown({ title, head, rows, notes }: Outcome): string {
  const cells = [head, ...rows.map((row) => row.map(text))];
  const widths = head.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, index) => (index === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [first = [], ...rest] = cells;
  return [
    '',
    `**${title}**`,
    '',
    line(first),
    rule,
    ...rest.map(line),
    ...notes.map((note) => `\n${note}`),
    '',
  ].join('\n');
}

function text(cell: string | number): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US', { maximumFractionDigits: 2 }) : cell;
}
