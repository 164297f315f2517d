/** Lengths in milliseconds, the longest first. */
const UNITS = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/**
 * Says when a time is or was, such as "3 hours ago" or "in 5 days"; null for less than a minute.
 * @param time ISO 8601
 * @param now milliseconds since 1970
 */
export function relativeTime(time: string, now: number, lang: string): string | null {
  return inWords(Date.parse(time) - now, lang);
}

/** As `relativeTime`, for what can't be in the future: there, only the clocks differ. */
export function timeAgo(time: string, now: number, lang: string): string | null {
  return inWords(Math.min(0, Date.parse(time) - now), lang);
}

function inWords(ms: number, lang: string): string | null {
  const unit = UNITS.find(([, length]) => Math.abs(ms) >= length);
  if (unit === undefined) return null;
  const words = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  return words.format(Math.trunc(ms / unit[1]), unit[0]);
}
