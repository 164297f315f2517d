/** The last second that ISO 8601 writes with a four-digit year. */
const LAST = Date.parse('9999-12-31T23:59:59Z');

let latest = Number.NaN;
let text = '';

/**
 * Returns a time as ISO 8601 in UTC: `2026-11-22T00:40:00.000Z`. Caches the latest text: formatting costs as much as the rest
 * of a short message, and under load many messages are written in the same millisecond.
 * @param time milliseconds since 1970
 * @throws RangeError if there is no such date
 */
export function isoTime(time: number): string {
  if (time !== latest) {
    text = new Date(time).toISOString();
    latest = time;
  }
  return text;
}

/** As `isoTime`, for times that may be Infinity: never later than the end of the year 9999. */
export function isoTimeOrLast(time: number): string {
  return new Date(Math.min(time, LAST)).toISOString();
}
