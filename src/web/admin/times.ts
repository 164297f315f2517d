/** The time to the second, with its zone. */
export function exactTime(time: string, lang: string): string {
  return new Date(time).toLocaleString(lang, { dateStyle: 'long', timeStyle: 'long' });
}

/** Whole days from `now` to a time; negative if it is over. */
export function daysUntil(time: string, now: number): number {
  return Math.floor((Date.parse(time) - now) / 86_400_000);
}
