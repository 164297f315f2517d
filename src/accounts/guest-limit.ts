import type { Clock } from '../lib/clock.ts';
import { createThrottle, perMinute, type Throttle } from '../lib/throttle.ts';

/** New guests of a network in a day: as many as `guestsPerMinute` allows in so many minutes, 12,000 by default. */
export const GUEST_MINUTES_A_DAY = 100;

const DAY_MS = 86_400_000;

/**
 * New guests by network: `most` a minute, so that a class gets in at once, and `GUEST_MINUTES_A_DAY` times as many a
 * day, as each leaves rows in the database for a week.
 */
export function createGuestLimit(clock: Clock, most: number): Pick<Throttle, 'take'> {
  const minute = createThrottle({ clock, rate: perMinute(most) });
  const burst = most * GUEST_MINUTES_A_DAY;
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
