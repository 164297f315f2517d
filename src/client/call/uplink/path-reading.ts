import type { TrackKind } from '../../types.ts';
import type { LinkReading } from '../quality/reading.ts';
import { PACKET_OVERHEAD } from './ladder.ts';

/** Milliseconds after which an old shortest round trip no longer counts: paths change. */
const SHORTEST_MS = 30_000;
/** Bytes of the IP and UDP headers, which the transport doesn't count. */
const DATAGRAM = 28;

/** Of the packets of a second: above `BAD_LOSS` the path is too full, above `SOME_LOSS` it isn't given more. */
const BAD_LOSS = 0.1;
const SOME_LOSS = 0.04;
/** Milliseconds by which a round trip is longer than the shortest one, likewise. */
const BAD_DELAY_MS = 100;
const SOME_DELAY_MS = 40;
/** Longer by this much, it needs not rise any further. */
const LONG_DELAY_MS = 200;
/** Milliseconds of some loss, with some delay, after which it counts as bad. */
const LOSSY_MS = 4_000;

/** Of what sound took, for each second in which it takes less: people pause. */
const SOUND_FADES = 0.95;

const ANY = Number.POSITIVE_INFINITY;

const PICTURES: readonly TrackKind[] = ['camera', 'screen'];
const SOUNDS: readonly TrackKind[] = ['microphone', 'screenAudio'];

/** What is known of the way to one peer. */
export interface PathState {
  readonly atMs: number;
  readonly pairId: string | null;
  readonly bytesSent: number;
  readonly packets: number;
  readonly pictureBytes: number;
  readonly soundBytes: number;
  /** When the peer's last report came: an old one is repeated in each reading. */
  readonly report: number;
  /** Since when a little is lost; undefined: nothing is. */
  readonly lossyAt: number | undefined;
  /** Of the packets of the last second, from 0 to 1. */
  readonly lost: number;
  readonly roundTripMs: number | null;
  /** Shortest round trips of this half minute and of the one before. */
  readonly shortest: readonly [now: number, before: number];
  readonly shortestSince: number;
  readonly available: number | null;
  /** Whether the last reports came late, and whether the browser's own estimate has fallen below what is to be sent. */
  readonly late: boolean;
  readonly low: boolean;
  /** Bits per second of the uplink in the last interval: all, and for pictures. */
  readonly sent: number;
  readonly pictures: number;
  /** What sound took when it was loudest lately. */
  readonly sound: number;
  /** `full`: it doesn't bear what is sent. `doubtful`: it should not get more. */
  readonly state: 'free' | 'doubtful' | 'full';
  /** More than a quarter is lost: no time to wait. */
  readonly urgent: boolean;
}

/**
 * What a reading says of a path, compared with the one before. Undefined if there is nothing to compare: the first reading of
 * a candidate pair.
 * @param allotted bits per second of the uplink that this peer was given
 */
export function readPath(before: PathState | undefined, reading: LinkReading, allotted: number): PathState {
  const { atMs, pairId, bytesSent, availableOutgoingBitsPerSecond: available } = reading;
  const sent = [...reading.sent.values()];
  const sum = (count: (each: (typeof sent)[number]) => number) =>
    sent.reduce((total, each) => total + count(each), 0);
  const packets = sum((each) => each.packets);
  const [pictureBytes, soundBytes] = [bytesOf(reading, PICTURES), bytesOf(reading, SOUNDS)];
  const roundTripMs = roundTripOf(reading, before?.report ?? 0);
  const report = Math.max(0, ...sent.map(({ reportedAtMs }) => reportedAtMs ?? 0));
  const counts = {
    atMs,
    pairId,
    bytesSent,
    packets,
    pictureBytes,
    soundBytes,
    report,
    roundTripMs,
    available,
  };
  const seconds = (atMs - (before?.atMs ?? atMs)) / 1_000;
  if (before === undefined || before.pairId !== pairId || seconds <= 0) {
    const first = Math.min(roundTripMs ?? ANY, reading.roundTripMs ?? ANY);
    const shortest = [first, first] as const;
    return {
      ...counts,
      shortest,
      shortestSince: atMs,
      sent: 0,
      pictures: 0,
      sound: 0,
      state: 'free',
      urgent: false,
      late: false,
      low: false,
      lossyAt: undefined,
      lost: 0,
    };
  }
  const { shortest, shortestSince } = keepShortest(
    before,
    Math.min(roundTripMs ?? ANY, reading.roundTripMs ?? ANY),
    atMs,
  );
  const bits = (bytes: number) => Math.max(0, (8 * bytes) / seconds);
  const rate = bits(bytesSent - before.bytesSent + DATAGRAM * (packets - before.packets));
  const fresh = report > before.report;
  const lost = fresh ? lossOf(reading) : 0;
  const excess = fresh && roundTripMs !== null ? roundTripMs - Math.min(...shortest) : 0;
  const rises = roundTripMs !== null && roundTripMs >= (before.roundTripMs ?? 0);
  // The browser's own estimate has room: what makes the round trip long is not on the way out.
  const innocent = available !== null && available > 1.2 * rate;
  const fell = before.low || (before.available !== null && (available ?? ANY) < 0.85 * before.available);
  const low = fell && available !== null && available < 0.95 * allotted;
  const late = fresh ? !innocent && excess > BAD_DELAY_MS && (rises || excess > LONG_DELAY_MS) : before.late;
  const lossyAt = lost > SOME_LOSS ? (before.lossyAt ?? atMs) : fresh ? undefined : before.lossyAt;
  const lossy = lossyAt !== undefined && atMs - lossyAt >= LOSSY_MS && excess > SOME_DELAY_MS;
  // One late report may be due to a busy machine, here or there: a queue makes the next one late as well.
  // Without any report, the path is dead rather than full.
  const full = fresh && (lost > BAD_LOSS || (late && before.late) || (low && before.low) || lossy);
  const doubtful = lost > SOME_LOSS || (!innocent && excess > SOME_DELAY_MS);
  return {
    ...counts,
    shortest,
    shortestSince,
    lossyAt,
    lost,
    sent: rate,
    pictures: bits(pictureBytes - before.pictureBytes),
    sound: Math.max(bits(soundBytes - before.soundBytes), SOUND_FADES * before.sound),
    state: full ? 'full' : doubtful ? 'doubtful' : 'free',
    urgent: lost > 0.25,
    late,
    low,
  };
}

/** Payload and headers, in bytes. */
function bytesOf({ sent }: LinkReading, kinds: readonly TrackKind[]): number {
  return kinds.reduce((sum, kind) => {
    const { bytes = 0, packets = 0 } = sent.get(kind) ?? {};
    return sum + bytes + PACKET_OVERHEAD * packets;
  }, 0);
}

/**
 * By the peer's reports that came after `since`, else by the connectivity checks. The shortest: a queue delays them all, and a
 * busy machine only some.
 */
function roundTripOf({ sent, roundTripMs }: LinkReading, since: number): number | null {
  const reports = [...sent.values()].filter((each) => each.roundTripMs !== null);
  const fresh = reports.filter(({ reportedAtMs }) => (reportedAtMs ?? 0) > since);
  const trips = (fresh.length > 0 ? fresh : reports).flatMap((each) => each.roundTripMs ?? []);
  return trips.length > 0 ? Math.min(...trips) : roundTripMs;
}

/** Of all packets, from 0 to 1, by the peer's last reports. */
function lossOf({ sent }: LinkReading): number {
  const reports = [...sent.values()].filter(({ lostFraction }) => lostFraction !== null);
  const packets = reports.reduce((sum, each) => sum + each.packets, 0);
  return reports.reduce(
    (sum, each) => sum + (each.lostFraction ?? 0) * (each.packets / Math.max(1, packets)),
    0,
  );
}

function keepShortest(
  { shortest: [now, before], shortestSince }: PathState,
  trip: number,
  atMs: number,
): Pick<PathState, 'shortest' | 'shortestSince'> {
  if (atMs - shortestSince < SHORTEST_MS) return { shortest: [Math.min(now, trip), before], shortestSince };
  return { shortest: [trip, now], shortestSince: atMs };
}
