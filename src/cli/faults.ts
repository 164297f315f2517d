import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

/** Uncaught exceptions within `FAULT_WINDOW_MS` after which the process ends. */
export const MAX_FAULTS = 10;
export const FAULT_WINDOW_MS = 60_000;

interface FaultsDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, at the tenth exception within a minute. */
  readonly onTooMany: () => void;
}

/**
 * Counts uncaught exceptions. One request's exception must not end everyone's call, so it is logged and the process
 * keeps running. If exceptions keep coming, the process is broken, and a supervisor should restart it.
 */
export function createFaults({
  clock,
  log,
  onTooMany,
}: FaultsDeps): (message: string, error: unknown) => void {
  const times: number[] = [];
  let isOver = false;
  return (message, error) => {
    log.error(message, { error });
    const now = clock.monotonic();
    times.push(now);
    while (times.length > 0 && now - (times[0] ?? now) >= FAULT_WINDOW_MS) times.shift();
    if (isOver || times.length < MAX_FAULTS) return;
    isOver = true;
    log.error('too many uncaught exceptions: the process ends', { within: `${FAULT_WINDOW_MS / 1_000} s` });
    onTooMany();
  };
}
