import { bitsWithin, type Rung } from './ladder.ts';
import type { Sent, Share } from './plan.ts';

/** Milliseconds in which nothing changes back and forth more than once. */
export const STEADY_MS = 5_000;
/** Milliseconds between two steps up that no peer asked for. */
const STEP_MS = 2_000;
/** A picture smaller than this part of what is asked for is worth a key frame. */
const GROW_BELOW = 0.9;
/** Steps up or down that change the height by less than this part are not worth a key frame. */
const NOTICEABLE = 1.15;

/** How one picture is sent to one peer now. */
export interface Sending {
  readonly state: 'sent' | 'hidden' | 'held';
  readonly rung: Rung;
  /** Bits per second of the encoded picture. */
  readonly bits: number;
  /** The asked height at the last change of the rung. */
  readonly askedHeight: number;
  readonly changedAt: number;
  /** Which way the last change went; undefined: none that could be turned back. */
  readonly way: 'up' | 'down' | undefined;
  /** When it was last held. */
  readonly heldAt: number;
}

/** A rung that nothing is sent in. */
const NO_RUNG: Rung = { scale: 1, height: 0, frameRate: 30, full: 0, least: 0 };

const START: Sending = {
  state: 'hidden',
  rung: NO_RUNG,
  bits: 0,
  askedHeight: 0,
  changedAt: Number.NEGATIVE_INFINITY,
  way: undefined,
  heldAt: Number.NEGATIVE_INFINITY,
};

/**
 * How a picture is sent next. Bits follow the plan at once, and so does what becomes hidden or visible. Size and frame rate
 * change back and forth once in five seconds at most. What a peer asks to be larger is larger at once; smaller, it may wait.
 */
export function steady<Key>(before: Sending | undefined, share: Share<Key>, now: number): Sending {
  const last = before ?? START;
  if (share.state !== 'sent') {
    const heldAt = share.state === 'held' && last.state !== 'held' ? now : last.heldAt;
    return { ...last, state: share.state, bits: 0, heldAt };
  }
  if (last.state === 'held' && now - last.heldAt < STEADY_MS) return last;
  const next = last.state === 'sent' ? step(last, share, now) : begin(last, share, now);
  const bits = Math.min(next.rung.full, bitsWithin(share.cost, next.rung.frameRate));
  return { ...next, state: 'sent', bits };
}

/** The first picture after a pause is a key frame anyway: its size costs nothing. */
function begin<Key>(last: Sending, { rung, sure, askedHeight }: Sent<Key>, now: number): Sending {
  const keeps = fits(last.rung, rung, askedHeight) && !isBetter(sure, last.rung, askedHeight);
  const kept = keeps ? last.rung : rung;
  return { ...last, rung: kept, askedHeight, changedAt: now, way: undefined };
}

function step<Key>(last: Sending, share: Sent<Key>, now: number): Sending {
  const { rung, sure, askedHeight } = share;
  const asked = Math.abs(askedHeight - last.askedHeight) > 0.1 * last.askedHeight;
  if (!fits(last.rung, rung, askedHeight)) return change(last, rung, { askedHeight, asked, now });
  const better = asked ? rung : sure;
  if (!isBetter(better, last.rung, askedHeight)) return last;
  if (!asked && now - last.changedAt < STEP_MS) return last;
  return change(last, better, { askedHeight, asked, now });
}

function change(
  last: Sending,
  rung: Rung,
  { askedHeight, asked, now }: { askedHeight: number; asked: boolean; now: number },
): Sending {
  const grows = rung.height - last.rung.height || rung.frameRate - last.rung.frameRate;
  const way = grows > 0 ? 'up' : 'down';
  const turnsBack = last.way !== undefined && last.way !== way && now - last.changedAt < STEADY_MS;
  // Whoever speaks again must be large at once. What waits is the way down, so that nothing turns back twice.
  if (turnsBack && !(asked && way === 'up')) return last;
  return { ...last, rung, askedHeight, way, changedAt: now };
}

/** Whether what is sent is not more than was asked for, and about as little as what fits. */
function fits(sent: Rung, fitting: Rung, askedHeight: number): boolean {
  return (
    sent.height > 0 &&
    sent.height <= askedHeight &&
    sent.height < fitting.height * NOTICEABLE &&
    sent.frameRate < fitting.frameRate * NOTICEABLE
  );
}

function isBetter(rung: Rung, sent: Rung, askedHeight: number): boolean {
  if (rung.frameRate > sent.frameRate * NOTICEABLE) return true;
  const isSmall = sent.height < GROW_BELOW * askedHeight;
  const isWhole = rung.height >= GROW_BELOW * askedHeight;
  return isSmall && (rung.height > sent.height * NOTICEABLE || (isWhole && rung.height > sent.height));
}
