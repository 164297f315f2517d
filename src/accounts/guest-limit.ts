import type { Clock } from '../lib/clock.ts';
import { createThrottle, perMinute, type Throttle } from '../lib/throttle.ts';

/** Max new guests per network and day, in minutes of the limit per minute: 12,000 guests by default. */
export const GUEST_MINUTES_PER_DAY = 100;

const DAY_MS = 86_400_000;

/**
 * Limits new guests per network to `max` a minute, so that a class gets in at once, and to `GUEST_MINUTES_PER_DAY` times
 * as many a day, because each leaves rows in the database for a week.
 */
export function createGuestLimit(clock: Clock, max: number): Pick<Throttle, 'take'> {
  const minute = createThrottle({ clock, rate: perMinute(max) });
  const burst = max * GUEST_MINUTES_PER_DAY;
  const day = createThrottle({ clock, rate: { everyMs: DAY_MS / burst, burst } });
  return {
    take(network) {
      const missing = Math.max(minute.wait(network), day.wait(network));
      if (missing > 0) return missing;
      day.take(network);
      return minute.take(network);
    },
  };
}
