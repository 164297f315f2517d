import type { Log } from './log.ts';

/**
 * Runs one of several steps that must all run: logs what it throws, so that the next step follows.
 * @param what failed, for the log: `a session could not be ended`
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
