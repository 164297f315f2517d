/** The last moment that ISO 8601 writes with four digits. */
const LAST = Date.parse('9999-12-31T23:59:59Z');

let latest = Number.NaN;
let text = '';

/**
 * ISO 8601 in UTC, such as `2026-11-22T00:40:00.000Z`. Much that is said in a storm is said in the same millisecond: the
 * latest text is kept, as making it costs as much as the rest of a short message.
 * @param time milliseconds since 1970
 * @throws RangeError where there is no such date
 */
export function isoTime(time: number): string {
  if (time !== latest) {
    text = new Date(time).toISOString();
    latest = time;
  }
  return text;
}

/** The same for what may never end: Infinity is the end of the year 9999. */
export function isoTimeOrLast(time: number): string {
  return new Date(Math.min(time, LAST)).toISOString();
}
