import type { Quality } from '../../types.ts';

/** From best to worst. */
export const QUALITIES: readonly Quality[] = ['good', 'fair', 'poor'];

/** From which measure on something is fair, and from which it is poor. */
export interface Bounds {
  readonly fair: number;
  readonly poor: number;
}

/** @param measure null: nothing is known, so there is no fault */
export function gradeOf(measure: number | null, { fair, poor }: Bounds): Quality {
  if (measure === null || measure < fair) return 'good';
  return measure < poor ? 'fair' : 'poor';
}

export function worstOf(grades: readonly Quality[]): Quality {
  return QUALITIES.findLast((quality) => grades.includes(quality)) ?? 'good';
}

export function isWorse(one: Quality, other: Quality): boolean {
  return QUALITIES.indexOf(one) > QUALITIES.indexOf(other);
}
