import type {
  LinkReading,
  ReceivedReading,
  SentReading,
} from '../../../../src/client/call/quality/reading.ts';
import type { TrackKind } from '../../../../src/client/index.ts';

export function received(more: Partial<ReceivedReading> = {}): ReceivedReading {
  return {
    bytes: 0,
    packets: 0,
    lost: 0,
    jitterMs: 1,
    codec: null,
    framesReceived: 0,
    framesDecoded: 0,
    framesDropped: 0,
    keyFrames: 0,
    width: null,
    height: null,
    framesPerSecond: null,
    freezes: 0,
    freezeSeconds: 0,
    samples: 0,
    concealedSamples: 0,
    ...more,
  };
}

export function sent(more: Partial<SentReading> = {}): SentReading {
  return {
    bytes: 0,
    packets: 0,
    frames: 0,
    keyFrames: 0,
    width: null,
    height: null,
    framesPerSecond: null,
    limitedBy: null,
    codec: null,
    efficient: null,
    lost: null,
    lostFraction: null,
    roundTripMs: null,
    reportedAtMs: null,
    ...more,
  };
}

type Lines<Line> = Partial<Record<TrackKind, Line>>;

export function reading(
  more: Partial<Omit<LinkReading, 'sent' | 'received'>> & {
    sent?: Lines<Partial<SentReading>>;
    received?: Lines<Partial<ReceivedReading>>;
  } = {},
): LinkReading {
  return {
    path: 'direct',
    protocol: 'udp',
    roundTripMs: 20,
    atMs: 0,
    pairId: 'pair',
    bytesSent: 0,
    bytesReceived: 0,
    availableOutgoingBitsPerSecond: null,
    ...more,
    sent: linesOf(more.sent, sent),
    received: linesOf(more.received, received),
  };
}

function linesOf<Line>(lines: Lines<Partial<Line>> = {}, fill: (line: Partial<Line>) => Line) {
  const kinds: TrackKind[] = ['microphone', 'camera', 'screen', 'screenAudio'];
  return new Map(
    kinds.flatMap((kind): [TrackKind, Line][] => {
      const line = lines[kind];
      return line === undefined ? [] : [[kind, fill(line)]];
    }),
  );
}
