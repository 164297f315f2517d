import type { Clock } from '../../lib/clock.ts';
import { perSecond, spend, waitMs } from '../../lib/throttle.ts';

/**
 * Max responses without a body (HEAD, 204, 304) that leave their connection open: 64 at once, one per second in the long run.
 * uWS doesn't tell whether they are read, and keeps each one until it is: 0.4 KB a second in all.
 */
const RATE = perSecond(1, 64);

/** Returns whether the next response without a body may leave its connection open; if not, it must close it. */
export type MayStayOpen = () => boolean;

export function createMayStayOpen(clock: Clock): MayStayOpen {
  let fullAt = 0;
  return () => {
    const now = clock.monotonic();
    if (waitMs(RATE, fullAt, now) > 0) return false;
    fullAt = spend(RATE, fullAt, now);
    return true;
  };
}
