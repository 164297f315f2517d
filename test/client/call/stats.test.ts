import { describe, expect, it } from 'vitest';
import { relayedEnds } from '../../../src/client/call/quality/read-path.ts';
import { countArrivals } from '../../../src/client/call/stats.ts';

type Entry = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

function reportOf(...entries: readonly Entry[]): RTCStatsReport {
  return new Map(entries.map((entry) => [entry.id, entry]));
}

describe('what comes in on a connection', () => {
  it('is counted apart: data, and the checks of ICE', () => {
    const report = reportOf(
      { id: 'v', type: 'inbound-rtp', packetsReceived: 10, bytesReceived: 1_000 },
      { id: 'p', type: 'candidate-pair', bytesReceived: 2_000, requestsReceived: 3, responsesReceived: 4 },
      { id: 't', type: 'transport', packetsReceived: 20, bytesReceived: 3_000 },
      { id: 'o', type: 'outbound-rtp', packetsReceived: 5 },
    );
    expect(countArrivals(report)).toEqual({ data: 6_030, checks: 7 });
    expect(countArrivals(reportOf())).toEqual({ data: 0, checks: 0 });
  });
});

describe('a relay at an end of the path in use', () => {
  const pair = { localCandidateId: 'l', remoteCandidateId: 'r', timestamp: 1 };
  const candidate = (id: string, candidateType: string) => ({ id, type: `${id}-candidate`, candidateType });

  it.each([
    ['host', 'host', false, false],
    ['relay', 'srflx', true, false],
    ['prflx', 'relay', false, true],
    ['relay', 'relay', true, true],
  ])('is told: %s and %s', (local, remote, own, peer) => {
    const ends = [candidate('l', local), candidate('r', remote)];
    const inChromium = reportOf(
      { id: 't', type: 'transport', timestamp: 1, selectedCandidatePairId: 'p' },
      { id: 'p', type: 'candidate-pair', ...pair },
      ...ends,
    );
    const inFirefox = reportOf({ id: 'p', type: 'candidate-pair', ...pair, selected: true }, ...ends);
    expect([relayedEnds(inChromium), relayedEnds(inFirefox)]).toEqual([
      { own, peer },
      { own, peer },
    ]);
  });

  it('is none while there is no path', () => {
    expect(relayedEnds(reportOf())).toEqual({ own: false, peer: false });
  });
});
