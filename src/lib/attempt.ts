import type { Log } from './log.ts';

/**
 * Runs one step of several that must all be taken: an exception in it is logged, and the next step runs.
 * @param what was being done, for the log: `a session could not be ended`
 */
export function attempt(
  log: Log,
  what: string,
  run: () => void,
  about?: Readonly<Record<string, unknown>>,
): void {
  try {
    run();
  } catch (error) {
    log.error(what, { ...about, error });
  }
}
