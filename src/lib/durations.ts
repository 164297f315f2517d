const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** 100 years. */
const MAX_MS = 36_500 * 86_400_000;

/**
 * Reads a duration as people write it: a whole number above 0 with s, m, h or d, 100 years at most.
 * @returns milliseconds; undefined if it is none
 */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,10})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS.get(unit) ?? Number.NaN);
  return ms > 0 && ms <= MAX_MS ? ms : undefined;
}
