import type { Clock } from '../lib/clock.ts';
import { type Limits, OVER_RATE_MS } from '../protocol/limits.ts';
import type { Session } from './session.ts';
import { perSecond, spend, waitMs } from './throttle.ts';

/** `waitMs`: 0 where the message may be handled. `flooding`: the session has been over its rate for 10 s. */
export interface Charge {
  readonly waitMs: number;
  readonly flooding: boolean;
}

const FINE: Charge = Object.freeze({ waitMs: 0, flooding: false });

/** Counts a session's messages against its rate. It is back under it once its bucket is half full. */
export function createRateGuard({ clock, limits }: { clock: Clock; limits: Limits }) {
  const rate = perSecond(limits.messagesPerSecond, limits.messageBurst);
  const halfFullMs = (rate.everyMs * rate.burst) / 2;
  return (session: Session): Charge => {
    const now = clock.monotonic();
    const missing = waitMs(rate, session.fullAt, now);
    if (missing > 0) {
      session.overRateSince ??= now;
      return { waitMs: missing, flooding: now - session.overRateSince >= OVER_RATE_MS };
    }
    if (session.fullAt - now <= halfFullMs) session.overRateSince = undefined;
    session.fullAt = spend(rate, session.fullAt, now);
    return FINE;
  };
}
