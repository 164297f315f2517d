const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds from one try to the next [CT5]. The first try is at once. */
export const WAITS: readonly number[] = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  24 * HOUR,
];
/** Tries of an event for one endpoint; after the last it is dropped. */
export const TRIES = WAITS.length + 1;
/** How far a wait is from what the schedule says: receivers that were down aren't hit by all at once. */
const SPREAD = 0.2;
/** Max milliseconds that `Retry-After` counts for. */
export const MAX_RETRY_AFTER_MS = 24 * HOUR;
/** Max milliseconds from one try to the next. */
export const LONGEST_WAIT_MS = 24 * HOUR * (1 + SPREAD);

/**
 * Returns how long to wait for the next try, in milliseconds; undefined after the last one.
 * @param tries that were made @param random from 0 to 1 @param retryAfterMs what the receiver asked for, if it did
 */
export function waitAfter(tries: number, random: number, retryAfterMs = 0): number | undefined {
  const wait = WAITS[tries - 1];
  if (wait === undefined) return undefined;
  const spread = wait * (1 - SPREAD + 2 * SPREAD * random);
  return Math.round(Math.max(spread, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)));
}

/** How dates of HTTP begin, in each of their three forms (RFC 9110, 5.6.7). What else `Date.parse` understands is no date here. */
const WEEKDAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * Returns what a `Retry-After` header asks for in milliseconds (RFC 9110, 10.2.3): seconds, or a date. 0 if it says neither.
 * @param now milliseconds since 1970
 */
export function retryAfterOf(header: string | null, now: number): number {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * SECOND;
  if (!WEEKDAY.test(value)) return 0;
  // The form of C's asctime() has no zone: it is UTC, as the others are.
  const date = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
