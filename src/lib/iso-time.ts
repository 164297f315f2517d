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
