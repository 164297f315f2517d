import { MESSAGE_KINDS } from './accounting.ts';
import { count, fixed } from './report-table.ts';
import type { Run } from './run.ts';

/** The progress line. @param seconds since the run began */
export function progressLine(
  { accounting, counts, errors, latencies, timeline }: Run,
  seconds: number,
  peers: number,
): string {
  const { sent, received } = timeline.latest;
  const p99 = Math.max(0, ...MESSAGE_KINDS.map((kind) => latencies.percentiles(kind)?.p99 ?? 0));
  const failed = [...errors.values()].reduce((sum, times) => sum + times, 0);
  const bad = MESSAGE_KINDS.reduce(
    (sum, kind) => sum + accounting.tallies[kind].duplicated + accounting.tallies[kind].outOfOrder,
    0,
  );
  return [
    `${String(Math.round(seconds)).padStart(4)} s`,
    `inside ${count(counts.inside)}/${count(peers)}`,
    `sent ${count(sent)}/s`,
    `received ${count(received)}/s`,
    `p99 ${fixed(p99)} ms`,
    `unanswered ${count(counts.unanswered)}`,
    `under way ${count(accounting.countOwed())}`,
    `errors ${count(failed)}`,
    ...(bad === 0 ? [] : [`duplicated or out of order ${count(bad)}`]),
  ].join('  ');
}

const BEGIN_LINE = '\r\u001b[2K';
/** Cuts long lines off: a line that has wrapped can't be rewritten. */
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';

/** Shows progress: rewrites one line on a terminal, writes one line each time elsewhere. */
export function createProgress(write: (text: string) => void, isTerminal: boolean) {
  let isShown = false;
  return {
    show(line: string): void {
      write(isTerminal ? `${BEGIN_LINE}${WRAP_OFF}${line}${WRAP_ON}` : `${line}\n`);
      isShown = isTerminal;
    },
    /** Keeps the last line on the terminal. */
    end(): void {
      if (isShown) write('\n');
      isShown = false;
    },
  };
}
