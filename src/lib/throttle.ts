import { ParleyError } from '../domain/errors.ts';
import type { LimitName } from '../protocol/limit-names.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';

/** Max buckets (users, network addresses, tokens) of one throttle by default. */
const THROTTLE_KEYS = 100_000;

/**
 * A token bucket that holds `burst` tokens and gains one every `everyMs` milliseconds. A bucket's state is one number,
 * `fullAt`: the monotonic time at which it will be full again. 0 is a full bucket.
 */
export interface Rate {
  readonly everyMs: number;
  readonly burst: number;
}

/** Tolerance for rounding errors in sums of fractions of a millisecond. */
const ROUNDING_MS = 1e-6;

export function perSecond(count: number, burst = count): Rate {
  return { everyMs: 1_000 / count, burst };
}

export function perMinute(count: number, burst = count): Rate {
  return { everyMs: 60_000 / count, burst };
}

/** Returns the milliseconds, rounded up, until the bucket has `count` tokens (at most `burst`); 0 if it has them now. */
export function waitMs({ everyMs, burst }: Rate, fullAt: number, now: number, count = 1): number {
  const missing = Math.max(fullAt - now, 0) - (burst - count) * everyMs;
  return missing <= ROUNDING_MS ? 0 : Math.ceil(missing - ROUNDING_MS);
}

/** Returns `fullAt` after taking `count` more tokens. */
export function spend({ everyMs }: Rate, fullAt: number, now: number, count = 1): number {
  return Math.max(fullAt, now) + count * everyMs;
}

/** Many buckets of one rate, by user, network address, or another key. */
export interface Throttle {
  /** Returns the milliseconds until `take` would succeed, 0 for now. Takes nothing. */
  wait(key: string): number;
  /** Takes a token and returns 0; if there is none, returns the milliseconds to wait. */
  take(key: string): number;
  /** Takes tokens that may not be there yet. @param mostMs however many these are, `take` succeeds that much later */
  charge(key: string, count: number, mostMs: number): void;
  /** Puts back a token that was taken for something that turned out not to count. */
  giveBack(key: string): void;
  /** Number of remembered buckets. */
  readonly size: number;
}

interface ThrottleDeps {
  readonly clock: Clock;
  readonly rate: Rate;
  /** Max remembered buckets; beyond, the one used longest ago is forgotten. Default: 100,000. */
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
    charge(key, count, mostMs) {
      const now = clock.monotonic();
      const emptyAt = now + (rate.burst - 1) * rate.everyMs;
      buckets.set(key, Math.min(spend(rate, buckets.get(key) ?? 0, now, count), emptyAt + mostMs));
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

/** @param what there were too many of, as in `sign-ins from your network` */
export function rateLimited(limit: LimitName, what: string, retryAfterMs: number): ParleyError {
  return new ParleyError(
    'rate_limited',
    `Too many ${what}. Wait ${Math.ceil(retryAfterMs / 1_000)} s and try again.`,
    { retryAfterMs, limit },
  );
}
