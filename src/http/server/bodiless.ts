import type { Clock } from '../../lib/clock.ts';
import { perSecond, spend, waitMs } from '../../lib/throttle.ts';

/**
 * Responses without a body (HEAD, 204, 304) that leave their connection open: so many at once, and so many a second in the
 * long run. uWS doesn't tell whether they are read, and keeps each for a client that doesn't: 0.4 KB a second in all.
 */
const RATE = perSecond(1, 64);

/** Returns whether the next response without a body may leave its connection open; otherwise it must close it. */
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
