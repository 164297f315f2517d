import type { LinkReading } from '../quality/reading.ts';
import { type PathState, readPath } from './path-reading.ts';

/** Bits per second that a call starts with, to all peers together. */
export const START_BITS = 1_200_000;
/** Bits per second below which no uplink is taken to be, and above which none is of use. */
export const LEAST_BITS = 100_000;
const MOST_BITS = 50_000_000;

/** Of what arrived, after what was sent was too much. */
const GIVE_WAY = 0.85;
/** Of the budget, at most, in one step down. */
const GIVE_WAY_MOST = 0.5;
/** Milliseconds before another step down: the reports about the last one must come first. */
const SETTLE_MS = 2_000;
/** Milliseconds before it grows again. */
const CALM_MS = 3_000;

/** Growth per second while no limit was met yet; below the last limit; and in a trial above it. */
const GROW = { fast: 1.5, below: 1.1, trial: 1.03, unfilled: 1.05 };
/** A budget is filled if this part of it is sent. */
const FILLED = 0.75;
/** It grows to this many times what is sent, if it isn't filled: pictures may be simpler than the ladder says. */
const UNFILLED_MOST = 2.5;
/** Milliseconds before a trial above the last limit, at first; twice as many after each trial that failed. */
const TRIAL_MS = 8_000;
const TRIAL_MOST_MS = 60_000;
/** A path's own ceiling is never lower: sound, and a small picture. */
const LEAST_CEILING = 130_000;

/** What a peer was given since the reading before, in bits per second of the uplink. */
export interface Allotted {
  readonly sound: number;
  readonly pictures: number;
}

interface Path extends PathState {
  /** The most that this peer's own path bears. */
  readonly ceiling: number;
  /** When it was last too full. */
  readonly fullAt: number;
}

/** What is known of the uplink. It never changes; `stepBudget` makes the next one. */
export interface BudgetState<Key> {
  readonly bits: number;
  /** What arrived when what was sent was last too much; undefined until then. */
  readonly roof: number | undefined;
  readonly fullAt: number;
  /** Trials above the roof that failed in a row. */
  readonly failures: number;
  readonly paths: ReadonlyMap<Key, Path>;
}

export function startBudget<Key>(): BudgetState<Key> {
  return {
    bits: START_BITS,
    roof: undefined,
    fullAt: Number.NEGATIVE_INFINITY,
    failures: 0,
    paths: new Map(),
  };
}

/**
 * What the uplink bears, after another reading of every connection. It grows while it is used up and nothing suffers, and
 * gives way to loss and to round trips that become longer: to all peers if most of them suffer, otherwise only to those.
 * @param limited whether the plan would use a larger budget
 */
export function stepBudget<Key>(
  before: BudgetState<Key>,
  readings: ReadonlyMap<Key, LinkReading>,
  { allotted, limited }: { allotted: ReadonlyMap<Key, Allotted>; limited: boolean },
): BudgetState<Key> {
  const now = Math.max(...[...readings.values()].map(({ atMs }) => atMs));
  const moved = [...readings].filter(([key, { pairId }]) => {
    const last = before.paths.get(key);
    return last !== undefined && last.pairId !== null && pairId !== null && last.pairId !== pairId;
  });
  const paths = new Map<Key, Path>();
  for (const [key, reading] of readings) {
    const last = before.paths.get(key);
    const read = readPath(last, reading, totalOf(allotted.get(key)));
    const same = last !== undefined && last.pairId === reading.pairId;
    const [ceiling, fullAt] = same
      ? [last.ceiling, last.fullAt]
      : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    paths.set(key, { ...read, ceiling, fullAt });
  }
  if (moved.length * 2 > readings.size) {
    // Another network: what the last one bore says nothing.
    return { ...startBudget(), paths };
  }
  const full = [...paths.values()].filter(({ state }) => state === 'full');
  const state = { ...before, paths };
  if (full.length * 2 > paths.size) return giveWay(state, full, { allotted, now });
  const narrowed = narrow(state, allotted, limited, now);
  const doubtful = [...paths.values()].filter((path) => path.state !== 'free').length;
  if (doubtful * 2 > paths.size || !limited) return narrowed;
  return grow(narrowed, allotted, now);
}

/** The whole uplink is too full. */
function giveWay<Key>(
  state: BudgetState<Key>,
  full: readonly Path[],
  { allotted, now }: { allotted: ReadonlyMap<Key, Allotted>; now: number },
): BudgetState<Key> {
  const { bits, paths, fullAt, roof, failures } = state;
  if (now - fullAt < SETTLE_MS && !full.some(({ urgent }) => urgent)) return state;
  const all = [...paths.values()];
  // What arrived of what was sent: the rest is what was too much.
  const sent = all.reduce((sum, path) => sum + path.sent * (1 - path.lost), 0);
  const next = Math.min(GIVE_WAY * bits, Math.max(GIVE_WAY_MOST * bits, GIVE_WAY * sent));
  const again = roof !== undefined && sent > 0.8 * roof;
  const settling = now - fullAt < SETTLE_MS * 2;
  return {
    ...state,
    bits: Math.max(LEAST_BITS, soundOf(allotted), next),
    // While it settles, the queue drains more than the uplink bears.
    roof: settling && roof !== undefined ? Math.min(roof, sent) : sent,
    fullAt: now,
    failures: settling ? failures : again ? failures + 1 : 0,
  };
}

/** Only some paths are too full: they get less, and nobody else gets what they leave before the budget has grown. */
function narrow<Key>(
  state: BudgetState<Key>,
  allotted: ReadonlyMap<Key, Allotted>,
  limited: boolean,
  now: number,
): BudgetState<Key> {
  let cut = 0;
  const paths = new Map<Key, Path>();
  for (const [key, path] of state.paths) {
    const had = totalOf(allotted.get(key));
    if (path.state === 'full' && (now - path.fullAt >= SETTLE_MS || path.urgent)) {
      const ceiling = Math.max(LEAST_CEILING, GIVE_WAY * Math.min(path.sent * (1 - path.lost), had));
      cut += Math.max(0, had - ceiling);
      paths.set(key, { ...path, ceiling: Math.min(path.ceiling, ceiling), fullAt: now });
    } else if (path.state === 'free' && now - path.fullAt >= CALM_MS) {
      const grown = path.ceiling * GROW.below;
      paths.set(key, { ...path, ceiling: had < 0.5 * grown ? Number.POSITIVE_INFINITY : grown });
    } else paths.set(key, path);
  }
  const bits = limited && cut > 0 ? Math.max(LEAST_BITS, state.bits - cut) : state.bits;
  return { ...state, bits, paths };
}

function grow<Key>(
  state: BudgetState<Key>,
  allotted: ReadonlyMap<Key, Allotted>,
  now: number,
): BudgetState<Key> {
  const { bits, roof, fullAt, failures } = state;
  const calm = now - fullAt;
  if (calm < CALM_MS) return state;
  const paths = [...state.paths.values()];
  const sent = paths.reduce((sum, path) => sum + path.sent, 0);
  const pictures = paths.reduce((sum, path) => sum + path.pictures, 0);
  const given = [...allotted.values()].reduce((sum, each) => sum + each.pictures, 0);
  const filled = pictures >= FILLED * given;
  const to = (next: number) => ({ ...state, bits: Math.max(bits, Math.min(MOST_BITS, next)) });
  if (!filled) return to(Math.min(bits * GROW.unfilled, UNFILLED_MOST * sent));
  if (roof === undefined) return to(bits * GROW.fast);
  if (bits > 1.3 * roof) return { ...to(bits * GROW.fast), roof: undefined, failures: 0 };
  if (bits < 0.9 * roof) return to(Math.min(bits * GROW.below, 0.95 * roof));
  const wait = Math.min(TRIAL_MOST_MS, TRIAL_MS * 2 ** failures);
  // A trial says nothing while what is given to sound isn't spoken, unless nobody speaks for long.
  const spoken = sent >= FILLED * bits || calm > TRIAL_MOST_MS;
  return calm >= wait && spoken ? to(bits * GROW.trial) : state;
}

/** Sound is sent whatever the budget is. */
function soundOf<Key>(allotted: ReadonlyMap<Key, Allotted>): number {
  return [...allotted.values()].reduce((sum, { sound }) => sum + sound, 0);
}

function totalOf(allotted: Allotted | undefined): number {
  return (allotted?.sound ?? 0) + (allotted?.pictures ?? 0);
}
