import * as v from 'valibot';
import type { PeerStats } from '../types.ts';

const text = v.optional(v.string());
const count = v.optional(v.number(), 0);

/** The members that are read of each kind of entry (W3C webrtc-stats). Browsers leave out different ones. */
const StatsEntry = v.looseObject({ id: v.string(), type: v.string(), timestamp: v.number() });
const Transport = v.looseObject({ selectedCandidatePairId: text });
const Pair = v.looseObject({
  localCandidateId: v.string(),
  remoteCandidateId: v.string(),
  /** Only in Firefox. */
  selected: v.optional(v.boolean(), false),
  currentRoundTripTime: v.optional(v.number()),
  bytesSent: count,
  bytesReceived: count,
});
const Candidate = v.looseObject({ candidateType: text, protocol: text, relayProtocol: text });
const Inbound = v.looseObject({
  kind: text,
  mid: text,
  framesDecoded: count,
  totalSamplesReceived: count,
  packetsLost: count,
});

/** The stats of a peer without a connection. */
export const NO_STATS: PeerStats = {
  path: null,
  protocol: null,
  roundTripMs: null,
  sendBitsPerSecond: null,
  receiveBitsPerSecond: null,
  framesDecoded: 0,
  screenFramesDecoded: 0,
  totalSamplesReceived: 0,
  packetsLost: 0,
};

/** Byte counts at one time; bit rates are computed from two of them. */
export interface Sample {
  readonly pairId: string;
  readonly atMs: number;
  readonly sent: number;
  readonly received: number;
}

/**
 * Reads a report of the whole connection.
 * @param screenMid the m-line on which the peer sends its screen
 * @param before the sample of the previous report
 */
export function readStats(
  report: RTCStatsReport,
  screenMid: string | undefined,
  before: Sample | undefined,
): { stats: PeerStats; sample: Sample | undefined } {
  const entries: unknown[] = [];
  report.forEach((entry) => {
    entries.push(entry);
  });
  const pair = selectedPair(entries);
  const inbound = entries
    .filter((entry) => isOf(entry, 'inbound-rtp'))
    .map((entry) => v.parse(Inbound, entry));
  const video = inbound.filter(({ kind }) => kind === 'video');
  const { sample, ...rates } = compare(pair, before);
  return {
    sample,
    stats: {
      ...pathOf(entries, pair),
      roundTripMs: pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1_000,
      ...rates,
      framesDecoded: sum(video.map(({ framesDecoded }) => framesDecoded)),
      screenFramesDecoded: sum(
        video.filter(({ mid }) => mid === screenMid).map(({ framesDecoded }) => framesDecoded),
      ),
      totalSamplesReceived: sum(inbound.map(({ totalSamplesReceived }) => totalSamplesReceived)),
      packetsLost: sum(inbound.map(({ packetsLost }) => packetsLost)),
    },
  };
}

const Arrivals = v.looseObject({
  packetsReceived: count,
  bytesReceived: count,
  requestsReceived: count,
  responsesReceived: count,
});

/** A count that grows with everything that comes in: media, and the checks that keep an ICE path alive. */
export function countArrivals(report: RTCStatsReport): number {
  let total = 0;
  report.forEach((entry) => {
    if (!isOf(entry, 'inbound-rtp') && !isOf(entry, 'candidate-pair') && !isOf(entry, 'transport')) return;
    const arrivals = v.safeParse(Arrivals, entry);
    if (arrivals.success) {
      const { packetsReceived, bytesReceived, requestsReceived, responsesReceived } = arrivals.output;
      total += packetsReceived + bytesReceived + requestsReceived + responsesReceived;
    }
  });
  return total;
}

type SelectedPair = v.InferOutput<typeof Pair> & { id: string; atMs: number };

function selectedPair(entries: readonly unknown[]): SelectedPair | undefined {
  const transport = entries.find((entry) => isOf(entry, 'transport'));
  const { selectedCandidatePairId } = transport === undefined ? {} : v.parse(Transport, transport);
  for (const entry of entries) {
    if (!isOf(entry, 'candidate-pair')) continue;
    const pair = v.safeParse(Pair, entry);
    if (!pair.success) continue;
    const chosen =
      selectedCandidatePairId === undefined ? pair.output.selected : entry.id === selectedCandidatePairId;
    if (chosen) return { ...pair.output, id: entry.id, atMs: entry.timestamp };
  }
  return undefined;
}

function pathOf(
  entries: readonly unknown[],
  pair: SelectedPair | undefined,
): Pick<PeerStats, 'path' | 'protocol'> {
  const candidate = (id: string | undefined) => {
    const entry = entries.find((each) => v.is(StatsEntry, each) && each.id === id);
    return entry === undefined ? undefined : v.parse(Candidate, entry);
  };
  const local = candidate(pair?.localCandidateId);
  if (pair === undefined || local === undefined) return { path: null, protocol: null };
  const relayed =
    local.candidateType === 'relay' || candidate(pair.remoteCandidateId)?.candidateType === 'relay';
  return {
    path: relayed ? 'relayed' : 'direct',
    protocol: protocolOf(
      local.candidateType === 'relay' ? (local.relayProtocol ?? local.protocol) : local.protocol,
    ),
  };
}

function protocolOf(name: string | undefined): PeerStats['protocol'] {
  return name === 'udp' || name === 'tcp' || name === 'tls' ? name : null;
}

function compare(pair: SelectedPair | undefined, before: Sample | undefined) {
  const nothing = { sendBitsPerSecond: null, receiveBitsPerSecond: null };
  if (pair === undefined) return { ...nothing, sample: undefined };
  const sample: Sample = {
    pairId: pair.id,
    atMs: pair.atMs,
    sent: pair.bytesSent,
    received: pair.bytesReceived,
  };
  const seconds = (sample.atMs - (before?.atMs ?? sample.atMs)) / 1_000;
  // Another pair counts from 0, so there is nothing to compare with.
  if (before?.pairId !== sample.pairId || seconds <= 0) return { ...nothing, sample };
  return {
    sample,
    sendBitsPerSecond: ((sample.sent - before.sent) * 8) / seconds,
    receiveBitsPerSecond: ((sample.received - before.received) * 8) / seconds,
  };
}

function isOf(entry: unknown, type: string): entry is v.InferOutput<typeof StatsEntry> {
  return v.is(StatsEntry, entry) && entry.type === type;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, each) => total + each, 0);
}
