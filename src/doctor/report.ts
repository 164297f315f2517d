import type { Examination } from './doctor.ts';
import type { Line, LineStatus } from './line.ts';

const MARKS: Readonly<Record<LineStatus, string>> = { ok: '✓', skip: '–', warn: '!', fail: '✗' };
const VERDICTS: Readonly<Record<Examination['status'], string>> = {
  ok: 'All is well.',
  warn: 'Calls work, but see what is marked with !.',
  fail: 'Something is broken: see what is marked with ✗.',
};

/** The report for people: a line for each check, below it what to do, and a verdict at the end. */
export function report({ status, lines }: Examination): string {
  const width = Math.max(...lines.map(({ id }) => id.length));
  const indent = ' '.repeat(width + 4);
  const text = lines.flatMap((line) => shown(line, width, indent));
  return [...text, '', VERDICTS[status]].join('\n');
}

function shown({ id, status, result, todo }: Line, width: number, indent: string): string[] {
  const [first = '', ...more] = result.split('\n');
  return [
    `${MARKS[status]} ${id.padEnd(width)}  ${first}`,
    ...more.map((line) => indent + line),
    ...(todo === '' ? [] : [`${indent}do: ${todo}`]),
  ];
}
