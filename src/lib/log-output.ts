import type { Writable } from 'node:stream';
import { createLog } from './log.ts';

/** Max bytes of log that wait to be read. Beyond, lines are dropped and counted. */
export const WAITING_LOG_BYTES = 1_048_576;

/**
 * Returns a writer of log lines to a stream whose reader may stall or go away: a pipe to a log collector, a full disk.
 * Neither may fill the server's memory or end the process.
 * @param now milliseconds since 1970, for the line that tells how many lines were dropped
 */
export function createLogOutput(stream: Writable, now: () => number): (line: string) => void {
  let dropped = 0;
  let hasReader = true;
  stream.on('error', () => {
    hasReader = false;
  });
  const own = createLog({ level: 'warn', now, write: (line) => void stream.write(line) });

  return (line) => {
    if (!hasReader) return;
    if (stream.writableLength > WAITING_LOG_BYTES) {
      dropped += 1;
      return;
    }
    if (dropped > 0) {
      own.warn('log lines were dropped because nobody read them', { lines: dropped });
      dropped = 0;
    }
    stream.write(line);
  };
}
