/** Lengths in milliseconds, the longest first. */
const UNITS = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/**
 * Says how long ago a time was, such as "3 hours ago"; null for less than a minute.
 * @param time ISO 8601
 * @param now milliseconds since 1970
 */
export function timeAgo(time: string, now: number, lang: string): string | null {
  const words = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  const ago = Math.max(0, now - Date.parse(time));
  const unit = UNITS.find(([, length]) => ago >= length);
  return unit === undefined ? null : words.format(-Math.floor(ago / unit[1]), unit[0]);
}
