/** Lengths in milliseconds, the longest first. */
const UNITS = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/**
 * Says when a time is or was, such as "3 hours ago" or "in 5 days"; `justNow` for less than a minute.
 * @param time ISO 8601
 * @param now milliseconds since 1970
 */
export function relativeTime(time: string, now: number, lang: string, justNow: string): string {
  const ms = Date.parse(time) - now;
  const unit = UNITS.find(([, length]) => Math.abs(ms) >= length);
  if (unit === undefined) return justNow;
  const words = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  return words.format(Math.trunc(ms / unit[1]), unit[0]);
}

/** The time to the second, with its zone. */
export function exactTime(time: string, lang: string): string {
  return new Date(time).toLocaleString(lang, { dateStyle: 'long', timeStyle: 'long' });
}

/** Whole days from `now` to a time; negative if it is over. */
export function daysUntil(time: string, now: number): number {
  return Math.floor((Date.parse(time) - now) / 86_400_000);
}
