import type { Clock } from '../lib/clock.ts';
import { type Limits, OVER_RATE_MS, OVER_RATE_TIMES } from '../protocol/limits.ts';
import type { Session } from './session.ts';
import { perSecond, spend, waitMs } from './throttle.ts';

/**
 * `waitMs`: 0 where the message may be handled. `flooding`: the session has been over its rate for 10 s, or for so
 * many messages that there is nothing more to wait for.
 */
export interface Charge {
  readonly waitMs: number;
  readonly flooding: boolean;
}

const FINE: Charge = Object.freeze({ waitMs: 0, flooding: false });

/**
 * Counts a session's messages against its rate. It is back under it once its bucket is half full. Time alone would
 * not find a flood out: where it keeps the server busy for seconds, buckets fill between two looks at a connection.
 */
export function createRateGuard({ clock, limits }: { clock: Clock; limits: Limits }) {
  const rate = perSecond(limits.messagesPerSecond, limits.messageBurst);
  const halfFullMs = (rate.everyMs * rate.burst) / 2;
  const mostRefused = (OVER_RATE_TIMES * limits.messagesPerSecond * OVER_RATE_MS) / 1_000;
  return (session: Session): Charge => {
    const now = clock.monotonic();
    const missing = waitMs(rate, session.fullAt, now);
    if (missing > 0) {
      session.overRateSince ??= now;
      session.overRateCount += 1;
      const flooding = now - session.overRateSince >= OVER_RATE_MS || session.overRateCount >= mostRefused;
      return { waitMs: missing, flooding };
    }
    if (session.fullAt - now <= halfFullMs) {
      session.overRateSince = undefined;
      session.overRateCount = 0;
    }
    session.fullAt = spend(rate, session.fullAt, now);
    return FINE;
  };
}
