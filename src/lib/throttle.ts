import { ParleyError } from '../domain/errors.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';

/** Max buckets (users, network addresses, tokens) of one throttle by default. */
const THROTTLE_KEYS = 100_000;

/**
 * A token bucket that holds `burst` tokens and gets one each `everyMs`. The whole state of a bucket is one number,
 * `fullAt`: when it will be full again, in the clock's monotonic milliseconds. 0 is a full bucket.
 */
export interface Rate {
  readonly everyMs: number;
  readonly burst: number;
}

/** Sums of fractions of a millisecond: what is so near to a whole token is one. */
const ROUNDING_MS = 1e-6;

export function perSecond(count: number, burst = count): Rate {
  return { everyMs: 1_000 / count, burst };
}

export function perMinute(count: number, burst = count): Rate {
  return { everyMs: 60_000 / count, burst };
}

/** Milliseconds until the bucket has `count` tokens, at most `burst`, rounded up; 0: it has them now. */
export function waitMs({ everyMs, burst }: Rate, fullAt: number, now: number, count = 1): number {
  const missing = Math.max(fullAt - now, 0) - (burst - count) * everyMs;
  return missing <= ROUNDING_MS ? 0 : Math.ceil(missing - ROUNDING_MS);
}

/** `fullAt` after `count` tokens more were taken. */
export function spend({ everyMs }: Rate, fullAt: number, now: number, count = 1): number {
  return Math.max(fullAt, now) + count * everyMs;
}

/** Many buckets of one rate, by user, network address, or whatever a limit counts by. */
export interface Throttle {
  /** Milliseconds until `take` would succeed; 0: now. Counts nothing. */
  wait(key: string): number;
  /** Takes a token: 0. Or, where there is none, takes nothing: the milliseconds to wait. */
  take(key: string): number;
  /** Puts a token back that was taken for something that turned out not to count. */
  giveBack(key: string): void;
  /** Buckets that are remembered. */
  readonly size: number;
}

interface ThrottleDeps {
  readonly clock: Clock;
  readonly rate: Rate;
  /** Buckets to remember; beyond them the one that was used longest ago is forgotten. */
  readonly keys?: number;
}

export function createThrottle({ clock, rate, keys = THROTTLE_KEYS }: ThrottleDeps): Throttle {
  /** `fullAt` by key. */
  const buckets = new BoundedMap<string, number>(keys);
  const wait = (key: string): number => waitMs(rate, buckets.get(key) ?? 0, clock.monotonic());
  return {
    wait,
    take(key) {
      const missing = wait(key);
      if (missing > 0) return missing;
      buckets.set(key, spend(rate, buckets.get(key) ?? 0, clock.monotonic()));
      return 0;
    },
    giveBack(key) {
      const fullAt = buckets.get(key);
      if (fullAt !== undefined) buckets.set(key, fullAt - rate.everyMs);
    },
    get size() {
      return buckets.size;
    },
  };
}

/** @param what was too much, as in `too many sign-ins from your network` */
export function rateLimited(what: string, retryAfterMs: number): ParleyError {
  return new ParleyError('rate_limited', `${what}: wait ${Math.ceil(retryAfterMs / 1_000)} s and try again`, {
    retryAfterMs,
  });
}
