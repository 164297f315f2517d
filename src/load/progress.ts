import { MESSAGE_KINDS } from './accounting.ts';
import { count, fixed } from './report-table.ts';
import type { Run } from './run.ts';

/** The line that shows how a run goes. @param seconds since it began */
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
    `on the way ${count(accounting.outstanding())}`,
    `errors ${count(failed)}`,
    ...(bad === 0 ? [] : [`doubled or out of order ${count(bad)}`]),
  ].join('  ');
}

const BEGIN_LINE = '\r\u001b[2K';
/** A line that is longer than the terminal is cut off: what has wrapped can't be rewritten. */
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';

/** Where progress is shown: one line that is rewritten on a terminal, a line each elsewhere. */
export function createProgress(write: (text: string) => void, isTerminal: boolean) {
  let isShown = false;
  return {
    show(line: string): void {
      write(isTerminal ? `${BEGIN_LINE}${WRAP_OFF}${line}${WRAP_ON}` : `${line}\n`);
      isShown = isTerminal;
    },
    /** Leaves the last line where it is. */
    end(): void {
      if (isShown) write('\n');
      isShown = false;
    },
  };
}
