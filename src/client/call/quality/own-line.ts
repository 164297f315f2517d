import type { Quality, UplinkState } from '../../types.ts';
import { type Bounds, gradeOf, isWorse, worstOf } from './grades.ts';
import type { Glance } from './judge.ts';
import { shareOf } from './peer-stats.ts';

/** Of the packets that this side sent. */
const LOST: Bounds = { fair: 0.05, poor: 0.15 };
/** Milliseconds: from half a second on, people talk at the same time. */
const ROUND_TRIP_MS: Bounds = { fair: 500, poor: 1_200 };
/** Of a limit in bits per second: the line bears less than the person allows. */
const BELOW_LIMIT = 0.8;

/** What one peer says about this side's line. */
export interface Witness {
  /** By its reports of what this side sends. */
  readonly sent: Quality;
  /** As `judge`. */
  readonly received: Quality | null;
}

/** What the peer's reports of the last seconds say of what this side sends. */
export function judgeSent(glances: readonly Glance[]): Quality {
  const [first, last] = [glances.at(0)?.reading, glances.at(-1)?.reading];
  let [lost, all] = [0, 0];
  for (const [kind, line] of last?.sent ?? []) {
    const before = first?.sent.get(kind);
    if (before?.lost == null || line.lost === null) continue;
    lost += Math.max(0, line.lost - before.lost);
    all += Math.max(0, line.packets - before.packets);
  }
  const trips = glances.flatMap(({ reading }) => reading.roundTripMs ?? []);
  return worstOf([
    gradeOf(shareOf(lost, all), LOST),
    // The shortest of them: a single one that was slow says nothing.
    gradeOf(trips.length === 0 ? null : Math.min(...trips), ROUND_TRIP_MS),
  ]);
}

/**
 * How good this side's own line is. With several peers, at least two and half of them must see a fault: that of a single one is
 * its own. With one peer nobody can tell, and what helps is the same: to send less.
 * @param holds whether this side holds pictures back
 */
export function judgeLine(
  witnesses: readonly Witness[],
  uplink: UplinkState,
  holds: boolean,
): Quality | null {
  if (witnesses.length === 0) return null;
  const { limit, bitsPerSecond } = uplink;
  // Whoever limits the uplink holds pictures back by choice.
  const bySelf =
    limit === 'sound' || (typeof limit === 'number' && (bitsPerSecond ?? limit) >= BELOW_LIMIT * limit);
  return worstOf([
    sharedBy(witnesses.map(({ sent }) => sent)),
    // What one peer sends badly is that peer's; what all of them seem to send badly comes in by a bad line.
    witnesses.length < 2 ? 'good' : sharedBy(witnesses.map(({ received }) => received ?? 'good')),
    holds && !bySelf ? 'poor' : 'good',
  ]);
}

/** The worst that enough of them see. */
function sharedBy(grades: readonly Quality[]): Quality {
  const enough = grades.length < 2 ? 1 : Math.max(2, Math.ceil(grades.length / 2));
  const worstFirst = [...grades].sort((one, other) => (isWorse(one, other) ? -1 : 1));
  return worstFirst[enough - 1] ?? 'good';
}
