import type { Quality } from '../../types.ts';
import { isWorse } from './grades.ts';

/** Milliseconds that a sign stays, so that it never changes back and forth within them. */
export const STAYS_MS = 5_000;
/** Milliseconds that something must be worse, or better, than what is shown before it is. */
const WORSE_MS = 2_000;
const BETTER_MS = 4_000;

/** A sign that is shown, and where it tends to. */
export interface SteadyQuality {
  readonly shown: Quality | null;
  /** When it changed last. */
  readonly sinceMs: number;
  /** Since when all verdicts have been worse, or all better, than what is shown. */
  readonly trend: { readonly worse: boolean; readonly sinceMs: number } | undefined;
}

export const UNKNOWN: SteadyQuality = {
  shown: null,
  sinceMs: Number.NEGATIVE_INFINITY,
  trend: undefined,
};

/** What to show after another verdict. Null, and the first verdict after it, count at once: nothing is there to flicker. */
export function steadied(before: SteadyQuality, verdict: Quality | null, nowMs: number): SteadyQuality {
  const { shown, sinceMs } = before;
  if (verdict === null || shown === null) {
    return shown === verdict ? before : { shown: verdict, sinceMs: nowMs, trend: undefined };
  }
  if (verdict === shown) return { ...before, trend: undefined };
  const worse = isWorse(verdict, shown);
  const trend = before.trend?.worse === worse ? before.trend : { worse, sinceMs: nowMs };
  const lasts = nowMs - trend.sinceMs >= (worse ? WORSE_MS : BETTER_MS);
  if (!lasts || nowMs - sinceMs < STAYS_MS) return { ...before, trend };
  return { shown: verdict, sinceMs: nowMs, trend: undefined };
}
