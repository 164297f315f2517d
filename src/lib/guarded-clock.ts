import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/**
 * A clock whose timers log what they throw. A sweep that fails once (a locked database, one odd row) runs again at
 * its next time, and counts as no uncaught exception of the process.
 */
export function guardTimers(clock: Clock, log: Log): Clock {
  const guarded = (run: () => void) => (): void => {
    try {
      run();
    } catch (error) {
      log.error('a timer failed', { error });
    }
  };
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, run) => clock.after(ms, guarded(run)),
    every: (ms, run) => clock.every(ms, guarded(run)),
  };
}
