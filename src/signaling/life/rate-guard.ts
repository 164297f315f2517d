import type { Clock } from '../../lib/clock.ts';
import { perSecond, spend, waitMs } from '../../lib/throttle.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Session } from '../session/session.ts';

/** Milliseconds that a session may be over its rate before its connection is closed with 4103. */
const OVER_RATE_MS = 10_000;
/** The connection is closed at once if more is refused than this many times what the rate allows in `OVER_RATE_MS`. */
const OVER_RATE_TIMES = 10;
/** A message costs one unit of its session's rate, and one more for each of these bytes [WS3]. */
export const RATE_UNIT_BYTES = 4_096;

/** What charging a message to its session's rate came to. */
export interface RateResult {
  /** Milliseconds until the client may send it again; 0 if it may be handled now. */
  readonly waitMs: number;
  /** Whether to cut the session: it was over its rate for too long, or sent far too much at once. */
  readonly flooding: boolean;
}

const FINE: RateResult = Object.freeze({ waitMs: 0, flooding: false });

/**
 * Counts a session's messages against its rate. Each costs one unit, and one more per `RATE_UNIT_BYTES`, because a large
 * message costs the server as much as several. The session is back under its rate when its bucket is half full. Refused
 * units count as well as time: a flood that keeps the server busy for seconds lets buckets fill up unnoticed.
 */
export function createRateGuard({ clock, limits }: { clock: Clock; limits: Limits }) {
  const rate = perSecond(limits.messagesPerSecond, limits.messageBurst);
  const halfFullMs = (rate.everyMs * rate.burst) / 2;
  const maxRefused = (OVER_RATE_TIMES * limits.messagesPerSecond * OVER_RATE_MS) / 1_000;
  return (session: Session, bytes = 0): RateResult => {
    const now = clock.monotonic();
    // A large message costs at most the whole burst: otherwise it could never be sent.
    const units = bytes < RATE_UNIT_BYTES ? 1 : Math.min(1 + Math.floor(bytes / RATE_UNIT_BYTES), rate.burst);
    const missing = waitMs(rate, session.fullAt, now, units);
    if (missing > 0) {
      session.overRateSince ??= now;
      session.overRateCount += units;
      const flooding = now - session.overRateSince >= OVER_RATE_MS || session.overRateCount >= maxRefused;
      return { waitMs: missing, flooding };
    }
    if (session.fullAt - now <= halfFullMs) {
      session.overRateSince = undefined;
      session.overRateCount = 0;
    }
    session.fullAt = spend(rate, session.fullAt, now, units);
    return FINE;
  };
}
