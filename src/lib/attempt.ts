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

/** A callback of another part as one that never throws: what fails there must not leave the caller's work half done. */
export function shielded<Value>(
  log: Log,
  what: string,
  callback: ((value: Value) => void) | undefined,
): (value: Value) => void {
  return (value) => {
    try {
      callback?.(value);
    } catch (error) {
      log.error(what, { of: value, error });
    }
  };
}
