import type { PeerStats, ReceivedStats, SentStats, TrackKind } from '../../types.ts';
import type { LinkReading, ReceivedReading, SentReading } from './reading.ts';

/** The stats of a peer without a connection. */
export const NO_STATS: PeerStats = Object.freeze({
  path: null,
  protocol: null,
  roundTripMs: null,
  sendBitsPerSecond: null,
  receiveBitsPerSecond: null,
  framesDecoded: 0,
  screenFramesDecoded: 0,
  totalSamplesReceived: 0,
  packetsLost: 0,
  sent: Object.freeze({}),
  received: Object.freeze({}),
});

/** What applications are told of two readings of the same connection. @param before undefined for the first one */
export function statsBetween(before: LinkReading | undefined, now: LinkReading): PeerStats {
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1_000;
  // Another pair counts from 0, so there is nothing to compare with.
  const earlier = seconds > 0 && before?.pairId === now.pairId && now.pairId !== null ? before : undefined;
  const received = [...now.received.values()];
  const total = (count: (line: ReceivedReading) => number) =>
    received.reduce((sum, line) => sum + count(line), 0);
  return {
    path: now.path,
    protocol: now.protocol,
    roundTripMs: now.roundTripMs,
    sendBitsPerSecond: rateOf(earlier?.bytesSent, now.bytesSent, seconds),
    receiveBitsPerSecond: rateOf(earlier?.bytesReceived, now.bytesReceived, seconds),
    framesDecoded: total(({ framesDecoded }) => framesDecoded),
    screenFramesDecoded: now.received.get('screen')?.framesDecoded ?? 0,
    totalSamplesReceived: total(({ samples }) => samples),
    packetsLost: total(({ lost }) => lost),
    sent: each(now.sent, (kind, line) => sentStats(before?.sent.get(kind), line, seconds)),
    received: each(now.received, (kind, line) => receivedStats(before?.received.get(kind), line, seconds)),
  };
}

/** Returns null if none of them is known. */
export function sumOf(rates: readonly (number | null)[]): number | null {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0);
}

/** Share of what came on top between two readings, from 0 to 1; null if nothing did. */
export function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(Math.max(part / whole, 0), 1) : null;
}

function sentStats(before: SentReading | undefined, now: SentReading, seconds: number): SentStats {
  const { width, height, framesPerSecond, limitedBy, codec, efficient, keyFrames, roundTripMs } = now;
  return {
    bitsPerSecond: rateOf(before?.bytes, now.bytes, seconds),
    width,
    height,
    framesPerSecond,
    limitedBy,
    codec,
    efficient,
    keyFrames,
    lost: now.lostFraction,
    roundTripMs,
  };
}

function receivedStats(
  before: ReceivedReading | undefined,
  now: ReceivedReading,
  seconds: number,
): ReceivedStats {
  const { width, height, framesPerSecond, codec, jitterMs, freezes, freezeSeconds, keyFrames } = now;
  const lost = now.lost - (before?.lost ?? now.lost);
  return {
    bitsPerSecond: rateOf(before?.bytes, now.bytes, seconds),
    width,
    height,
    framesPerSecond,
    codec,
    lost: before === undefined ? null : shareOf(lost, lost + now.packets - before.packets),
    jitterMs,
    freezes,
    freezeSeconds,
    keyFrames,
    concealed:
      before === undefined
        ? null
        : shareOf(now.concealedSamples - before.concealedSamples, now.samples - before.samples),
  };
}

/** Bits per second; null without an earlier count, or if the browser has begun to count anew. */
function rateOf(before: number | undefined, now: number, seconds: number): number | null {
  return before === undefined || seconds <= 0 || now < before ? null : ((now - before) * 8) / seconds;
}

function each<Reading, Stats>(
  readings: ReadonlyMap<TrackKind, Reading>,
  tell: (kind: TrackKind, reading: Reading) => Stats,
): Partial<Record<TrackKind, Stats>> {
  const told: Partial<Record<TrackKind, Stats>> = {};
  for (const [kind, reading] of readings) told[kind] = tell(kind, reading);
  return told;
}
