import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/**
 * A clock whose timers log what they throw, now or by a promise. A sweep that fails once (a locked database, one odd
 * row) runs again at its next time, and doesn't count as an uncaught exception of the process.
 */
export function guardTimers(clock: Clock, log: Log): Clock {
  const guarded = (run: () => void) => (): void => {
    const failed = (error: unknown): void => log.error('a timer failed', { error });
    try {
      const outcome: unknown = run();
      if (outcome instanceof Promise) outcome.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, run) => clock.after(ms, guarded(run)),
    every: (ms, run) => clock.every(ms, guarded(run)),
  };
}
