import type { PictureKind, Quality } from '../../types.ts';
import { type Bounds, gradeOf, worstOf } from './grades.ts';
import { shareOf } from './peer-stats.ts';
import type { LinkReading, ReceivedReading } from './reading.ts';

/** Readings that a verdict looks at: five seconds. */
export const GLANCES = 6;
/** Fewer say nothing. */
const FEWEST = 3;
/** Readings after something was turned on, or is shown again, that say nothing about it. */
const SETTLING = 2;

/** A reading, and what should come from the peer at that time. */
export interface Glance {
  readonly reading: LinkReading;
  readonly expected: Expected;
}

/** What is muted, held back or not shown is missing without being a fault. */
export type Expected = Readonly<Record<PictureKind | 'sound', boolean>>;

/** Of all sound, what was made up. From a tenth on, words are lost. */
const CONCEALED: Bounds = { fair: 0.03, poor: 0.1 };
/** Of all packets. Sound and pictures repair some of it. */
const LOST: Bounds = { fair: 0.05, poor: 0.15 };
/** Milliseconds, which the browser adds to what somebody says. */
const JITTER_MS: Bounds = { fair: 80, poor: 250 };
/** Of the time. */
const FROZEN: Bounds = { fair: 0.05, poor: 0.3 };
/** Of the frames that came, those that this side didn't show: it is too slow for them. */
const UNSEEN: Bounds = { fair: 0.25, poor: 0.6 };
/** Frames below which that share says nothing. */
const UNSEEN_FRAMES = 20;
/** Packets of a picture within two seconds without a whole frame that mean that it stands still. */
const STALLED_PACKETS = 10;
/** Samples below which a share of them says nothing: half a second. */
const SOUND_SAMPLES = 24_000;

/** How good what a peer sends comes in. @param glances the newest last; null if they are too few */
export function judge(glances: readonly Glance[]): Quality | null {
  const window = glances.slice(-GLANCES);
  if (window.length < FEWEST) return null;
  return worstOf([
    isSilent(window) ? 'poor' : 'good',
    gradeOf(lossOf(window), LOST),
    judgeSound(window),
    judgePicture(window, 'camera'),
    judgePicture(window, 'screen'),
  ]);
}

function judgeSound(window: readonly Glance[]): Quality {
  const lines = settledLines(window, 'sound', 'microphone');
  const [first, last] = [lines.at(0), lines.at(-1)];
  if (first === undefined || last === undefined) return 'good';
  const samples = last.samples - first.samples;
  const concealed = shareOf(last.concealedSamples - first.concealedSamples, samples);
  return worstOf([
    gradeOf(samples < SOUND_SAMPLES ? null : concealed, CONCEALED),
    gradeOf(last.jitterMs, JITTER_MS),
  ]);
}

function judgePicture(window: readonly Glance[], kind: PictureKind): Quality {
  const lines = settledLines(window, kind, kind);
  const [first, last] = [lines.at(0), lines.at(-1)];
  if (first === undefined || last === undefined || first === last) return 'good';
  const seconds = lines.length - 1;
  const frozen = (last.freezeSeconds - first.freezeSeconds) / seconds;
  const came = last.framesReceived - first.framesReceived;
  const unseen = came - (last.framesDecoded - first.framesDecoded);
  return worstOf([
    isStalled(lines) ? 'poor' : 'good',
    gradeOf(frozen, FROZEN),
    gradeOf(came < UNSEEN_FRAMES ? null : shareOf(unseen, came), UNSEEN),
  ]);
}

/** The browser counts a freeze only once it is over. A picture without news, of a screen, brings no packets. */
function isStalled(lines: readonly ReceivedReading[]): boolean {
  const [before, now] = [lines.at(-3), lines.at(-1)];
  if (before === undefined || now === undefined || now.framesDecoded > before.framesDecoded) return false;
  return now.packets + now.lost - before.packets - before.lost >= STALLED_PACKETS;
}

/** Nothing has come for three seconds, though something should. */
function isSilent(window: readonly Glance[]): boolean {
  const lately = window.slice(-4);
  const [first] = lately;
  return (
    first !== undefined &&
    lately.length === 4 &&
    lately.every(
      ({ reading, expected }) =>
        (expected.sound || expected.camera) &&
        reading.pairId === first.reading.pairId &&
        reading.bytesReceived === first.reading.bytesReceived,
    )
  );
}

function lossOf(window: readonly Glance[]): number | null {
  const [first, last] = [window.at(0), window.at(-1)];
  let [lost, all] = [0, 0];
  for (const [kind, line] of last?.reading.received ?? []) {
    const before = first?.reading.received.get(kind);
    if (before === undefined) continue;
    const missing = Math.max(0, line.lost - before.lost);
    lost += missing;
    all += missing + Math.max(0, line.packets - before.packets);
  }
  return shareOf(lost, all);
}

/** The readings of a line since it has been expected without a break, without the first ones. */
function settledLines(
  window: readonly Glance[],
  what: keyof Expected,
  kind: PictureKind | 'microphone',
): ReceivedReading[] {
  const since = window.findLastIndex(({ expected }) => !expected[what]) + 1;
  const settled = since === 0 ? window : window.slice(since + SETTLING);
  return settled.flatMap(({ reading }) => reading.received.get(kind) ?? []);
}
