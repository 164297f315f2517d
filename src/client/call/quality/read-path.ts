import * as v from 'valibot';
import { type Groups, groupByType, parseEntries, parseEntry } from './entries.ts';
import type { LinkReading } from './reading.ts';

const text = v.optional(v.string());
const count = v.optional(v.number(), 0);

const Transport = v.object({ timestamp: count, selectedCandidatePairId: text });
const Pair = v.object({
  id: v.string(),
  timestamp: v.number(),
  localCandidateId: v.string(),
  remoteCandidateId: v.string(),
  /** Only in Firefox. */
  selected: v.optional(v.boolean(), false),
  currentRoundTripTime: count,
  availableOutgoingBitrate: v.optional(v.nullable(v.number()), null),
  bytesSent: count,
  bytesReceived: count,
});
const Candidate = v.object({ candidateType: text, protocol: text, relayProtocol: text });

type PathReading = Omit<LinkReading, 'sent' | 'received'>;
type SelectedPair = v.InferOutput<typeof Pair>;

/** Reads which way a connection takes. */
export function readPath(report: RTCStatsReport, groups: Groups = groupByType(report)): PathReading {
  const { transport, pair } = selected(report, groups);
  return {
    atMs: pair?.timestamp ?? transport?.timestamp ?? 0,
    ...(pair === undefined ? { path: null, protocol: null } : wayOf(report, pair)),
    // Firefox has 0 where it hasn't measured.
    roundTripMs:
      pair === undefined || pair.currentRoundTripTime === 0 ? null : pair.currentRoundTripTime * 1_000,
    pairId: pair?.id ?? null,
    bytesSent: pair?.bytesSent ?? 0,
    bytesReceived: pair?.bytesReceived ?? 0,
    availableOutgoingBitsPerSecond: pair?.availableOutgoingBitrate ?? null,
  };
}

/** Which ends of the way in use are a relay's. */
export function relayedEnds(report: RTCStatsReport): { readonly own: boolean; readonly peer: boolean } {
  const { pair } = selected(report, groupByType(report));
  const isRelay = (id: string) => parseEntry(Candidate, report.get(id))?.candidateType === 'relay';
  return {
    own: pair !== undefined && isRelay(pair.localCandidateId),
    peer: pair !== undefined && isRelay(pair.remoteCandidateId),
  };
}

function selected(report: RTCStatsReport, groups: Groups) {
  const [transport] = parseEntries(Transport, groups.get('transport'));
  const named = transport?.selectedCandidatePairId;
  const pair =
    named === undefined
      ? parseEntries(Pair, groups.get('candidate-pair')).find((each) => each.selected)
      : parseEntry(Pair, report.get(named));
  return { transport, pair };
}

function wayOf(report: RTCStatsReport, pair: SelectedPair): Pick<PathReading, 'path' | 'protocol'> {
  const local = parseEntry(Candidate, report.get(pair.localCandidateId));
  if (local === undefined) return { path: null, protocol: null };
  const { candidateType, protocol, relayProtocol } = local;
  const remote = parseEntry(Candidate, report.get(pair.remoteCandidateId));
  const ownRelay = candidateType === 'relay';
  return {
    path: ownRelay || remote?.candidateType === 'relay' ? 'relayed' : 'direct',
    protocol: protocolOf(ownRelay ? (relayProtocol ?? protocol) : protocol),
  };
}

function protocolOf(name: string | undefined): PathReading['protocol'] {
  return name === 'udp' || name === 'tcp' || name === 'tls' ? name : null;
}
