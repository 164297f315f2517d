import * as v from 'valibot';
import type { TrackKind } from '../../types.ts';
import { type Groups, groupByType, parseEntries, parseEntry } from './entries.ts';
import { readPath } from './read-path.ts';
import type { LinkReading, ReceivedReading, SentReading } from './reading.ts';

/** Which kind goes over which m-line, by its mid, and by the id of its track for browsers that report no mid. */
export interface LinkKinds {
  readonly sent: ReadonlyMap<string, TrackKind>;
  readonly received: ReadonlyMap<string, TrackKind>;
}

const text = v.optional(v.string());
const count = v.optional(v.number(), 0);
const measure = v.optional(v.nullable(v.number()), null);

// Only the members that are read. Browsers leave out different ones.
const Line = { mid: text, trackIdentifier: text, codecId: text };
const Picture = { frameWidth: measure, frameHeight: measure, framesPerSecond: measure };
const Outbound = v.object({
  ...Line,
  ...Picture,
  id: v.string(),
  mediaSourceId: text,
  remoteId: text,
  bytesSent: count,
  headerBytesSent: count,
  packetsSent: count,
  framesEncoded: count,
  keyFramesEncoded: count,
  qualityLimitationReason: v.fallback(
    v.optional(v.nullable(v.picklist(['none', 'cpu', 'bandwidth', 'other'])), null),
    null,
  ),
  powerEfficientEncoder: v.optional(v.nullable(v.boolean()), null),
});
/** What the peer reports of an outbound entry. */
const Report = v.object({
  timestamp: measure,
  localId: text,
  packetsLost: measure,
  fractionLost: measure,
  roundTripTime: measure,
});
const Inbound = v.object({
  ...Line,
  ...Picture,
  bytesReceived: count,
  headerBytesReceived: count,
  packetsReceived: count,
  packetsLost: count,
  jitter: measure,
  framesReceived: count,
  framesDecoded: count,
  framesDropped: count,
  keyFramesDecoded: count,
  freezeCount: count,
  totalFreezesDuration: count,
  totalSamplesReceived: count,
  concealedSamples: count,
});
const Source = v.object({ trackIdentifier: text });
const Codec = v.object({ mimeType: v.string() });

/** Reads a report of a whole connection. */
export function readLink(report: RTCStatsReport, kinds: LinkKinds): LinkReading {
  const groups = groupByType(report);
  const sent = readSent(report, groups, kinds.sent);
  const { roundTripMs, ...path } = readPath(report, groups);
  return {
    ...path,
    // Firefox measures only at the start of a path. The peer's reports go the same way.
    roundTripMs: roundTripMs ?? shortest([...sent.values()]),
    sent,
    received: readReceived(report, groups, kinds.received),
  };
}

function readSent(
  report: RTCStatsReport,
  groups: Groups,
  kinds: ReadonlyMap<string, TrackKind>,
): Map<TrackKind, SentReading> {
  const read = new Map<TrackKind, SentReading>();
  const reports = parseEntries(Report, groups.get('remote-inbound-rtp'));
  for (const line of parseEntries(Outbound, groups.get('outbound-rtp'))) {
    const source = () => parseEntry(Source, report.get(line.mediaSourceId ?? ''))?.trackIdentifier;
    const kind = kinds.get(line.mid ?? line.trackIdentifier ?? source() ?? '');
    if (kind === undefined) continue;
    const news = reports.find(({ localId }) => localId === line.id);
    read.set(kind, {
      bytes: line.bytesSent + line.headerBytesSent,
      packets: line.packetsSent,
      frames: line.framesEncoded,
      keyFrames: line.keyFramesEncoded,
      width: line.frameWidth,
      height: line.frameHeight,
      framesPerSecond: line.framesPerSecond,
      limitedBy: line.qualityLimitationReason,
      codec: codecOf(report, line.codecId),
      efficient: line.powerEfficientEncoder,
      lost: news?.packetsLost ?? null,
      lostFraction: news?.fractionLost ?? null,
      roundTripMs: inMs(news?.roundTripTime),
      reportedAtMs: news?.timestamp ?? null,
    });
  }
  return read;
}

function readReceived(
  report: RTCStatsReport,
  groups: Groups,
  kinds: ReadonlyMap<string, TrackKind>,
): Map<TrackKind, ReceivedReading> {
  const read = new Map<TrackKind, ReceivedReading>();
  for (const line of parseEntries(Inbound, groups.get('inbound-rtp'))) {
    const kind = kinds.get(line.mid ?? line.trackIdentifier ?? '');
    if (kind === undefined) continue;
    read.set(kind, {
      bytes: line.bytesReceived + line.headerBytesReceived,
      packets: line.packetsReceived,
      lost: line.packetsLost,
      jitterMs: inMs(line.jitter),
      codec: codecOf(report, line.codecId),
      framesReceived: line.framesReceived,
      framesDecoded: line.framesDecoded,
      framesDropped: line.framesDropped,
      keyFrames: line.keyFramesDecoded,
      width: line.frameWidth,
      height: line.frameHeight,
      framesPerSecond: line.framesPerSecond,
      freezes: line.freezeCount,
      freezeSeconds: line.totalFreezesDuration,
      samples: line.totalSamplesReceived,
      concealedSamples: line.concealedSamples,
    });
  }
  return read;
}

function codecOf(report: RTCStatsReport, id: string | undefined): string | null {
  if (id === undefined) return null;
  return parseEntry(Codec, report.get(id))?.mimeType.replace(/^.*\//, '') ?? null;
}

function shortest(sent: readonly SentReading[]): number | null {
  const measured = sent.flatMap(({ roundTripMs }) => roundTripMs ?? []);
  return measured.length === 0 ? null : Math.min(...measured);
}

function inMs(seconds: number | null | undefined): number | null {
  return seconds == null ? null : seconds * 1_000;
}
