import type { PictureKind } from '../../media-types.ts';
import type { LinkReading } from '../quality/reading.ts';
import type { CpuCaps } from './ladder.ts';

/** Readings in a row that say `cpu` before the next step, and milliseconds between two steps. */
const READINGS = 3;
const STEP_MS = 5_000;
/** Milliseconds without `cpu` before a step back, at first; twice as many each time that `cpu` comes right back. */
const RECOVER_MS = 15_000;
const RECOVER_MOST_MS = 120_000;

const ANY = Number.POSITIVE_INFINITY;
const NO_CAPS: CpuCaps = { frameRate: ANY, size: 1, height: ANY };

/**
 * What a machine gives up, step by step. Of a face, movement goes before size: what comes in stays as large as it is shown.
 * Of a share, pixels that hardly anybody has go before movement, and what makes text legible goes last.
 */
const STEPS: readonly Readonly<Record<PictureKind, CpuCaps>>[] = [
  { camera: NO_CAPS, screen: NO_CAPS },
  { camera: { frameRate: 20, size: 1, height: ANY }, screen: { frameRate: ANY, size: 1, height: 1_080 } },
  { camera: { frameRate: 15, size: 1, height: ANY }, screen: { frameRate: 10, size: 1, height: 1_080 } },
  { camera: { frameRate: 10, size: 1, height: ANY }, screen: { frameRate: 5, size: 1, height: 1_080 } },
  { camera: { frameRate: 7, size: 1, height: ANY }, screen: { frameRate: 5, size: 1, height: 720 } },
  { camera: { frameRate: 7, size: 0.6, height: 360 }, screen: { frameRate: 5, size: 1, height: 720 } },
];

/** How far this machine keeps up with encoding. It never changes; `stepCpu` makes the next one. */
export interface CpuState {
  readonly step: number;
  /** Readings in a row in which the browser says `cpu`. */
  readonly busy: number;
  readonly changedAt: number;
  readonly busyAt: number;
  readonly recoverMs: number;
  /** Whether the last step was one back. */
  readonly eased: boolean;
}

export const EASY: CpuState = {
  step: 0,
  busy: 0,
  changedAt: Number.NEGATIVE_INFINITY,
  busyAt: Number.NEGATIVE_INFINITY,
  recoverMs: RECOVER_MS,
  eased: false,
};

/** After another reading of all connections: the machine is one for all peers. */
export function stepCpu(before: CpuState, readings: Iterable<LinkReading>, now: number): CpuState {
  const limited = [...readings].some(({ sent }) =>
    [...sent.values()].some(({ limitedBy }) => limitedBy === 'cpu'),
  );
  const busy = limited ? before.busy + 1 : 0;
  const state = { ...before, busy, busyAt: limited ? now : before.busyAt };
  const since = now - before.changedAt;
  if (busy >= READINGS && since >= STEP_MS && before.step < STEPS.length - 1) {
    // It went back too early.
    const early = before.eased && since < 2 * before.recoverMs ? 2 : 1;
    const recoverMs = Math.min(RECOVER_MOST_MS, before.recoverMs * early);
    return { ...state, step: before.step + 1, busy: 0, changedAt: now, recoverMs, eased: false };
  }
  const calm = now - Math.max(before.busyAt, before.changedAt);
  if (limited || before.step === 0 || calm < before.recoverMs) return state;
  return { ...state, step: before.step - 1, changedAt: now, eased: true };
}

export function capsOf({ step }: CpuState): Readonly<Record<PictureKind, CpuCaps>> {
  return STEPS[step] ?? { camera: NO_CAPS, screen: NO_CAPS };
}
