import { describe, expect, it } from 'vitest';
import { readStats } from '../../../src/client/call/stats.ts';

/** A browser's report: each entry has id, type and time. */
function report(...entries: Record<string, unknown>[]): RTCStatsReport {
  return new Map(entries.map((entry) => [String(entry['id']), { timestamp: 10_000, ...entry }]));
}

const pair = (fields: Record<string, unknown> = {}) => ({
  id: 'pair',
  type: 'candidate-pair',
  localCandidateId: 'local',
  remoteCandidateId: 'remote',
  currentRoundTripTime: 0.042,
  bytesSent: 1_000,
  bytesReceived: 5_000,
  ...fields,
});
const transport = { id: 'transport', type: 'transport', selectedCandidatePairId: 'pair' };
const local = (fields: Record<string, unknown>) => ({
  id: 'local',
  type: 'local-candidate',
  protocol: 'udp',
  ...fields,
});
const remote = (candidateType: string) => ({
  id: 'remote',
  type: 'remote-candidate',
  protocol: 'udp',
  candidateType,
});

const path = (...entries: Record<string, unknown>[]) => {
  const { path, protocol } = readStats(report(...entries), undefined, undefined).stats;
  return [path, protocol];
};

describe('connection stats', () => {
  it('tell direct from relayed, on either side, and the transport to the relay', () => {
    expect(path(transport, pair(), local({ candidateType: 'host' }), remote('srflx'))).toEqual([
      'direct',
      'udp',
    ]);
    expect(path(transport, pair(), local({ candidateType: 'host' }), remote('relay'))).toEqual([
      'relayed',
      'udp',
    ]);
    const relay = local({ candidateType: 'relay', relayProtocol: 'tls' });
    expect(path(transport, pair(), relay, remote('host'))).toEqual(['relayed', 'tls']);
  });

  it('find the pair that the browser itself marks as selected', () => {
    const host = local({ candidateType: 'host' });
    expect(path(pair({ selected: true }), host, remote('host'))).toEqual(['direct', 'udp']);
    expect(path(pair({ selected: false }), host, remote('host'))).toEqual([null, null]);
  });

  it('count frames and samples over all tracks, and the screen by its m-line', () => {
    const inbound = (id: string, fields: object) => ({ id, type: 'inbound-rtp', ...fields });
    const { stats } = readStats(
      report(
        inbound('a', { kind: 'audio', mid: '0', totalSamplesReceived: 480, packetsLost: 1 }),
        inbound('b', { kind: 'video', mid: '1', framesDecoded: 30, packetsLost: 2 }),
        inbound('c', { kind: 'video', mid: '2', framesDecoded: 7 }),
      ),
      '2',
      undefined,
    );
    expect(stats).toMatchObject({
      framesDecoded: 37,
      screenFramesDecoded: 7,
      totalSamplesReceived: 480,
      packetsLost: 3,
      roundTripMs: null,
    });
  });

  it('give bit rates since the previous report, and none after a change of path', () => {
    const first = readStats(report(transport, pair()), undefined, undefined);
    expect(first.stats).toMatchObject({
      sendBitsPerSecond: null,
      receiveBitsPerSecond: null,
      roundTripMs: 42,
    });
    const later = pair({ timestamp: 12_000, bytesSent: 3_000, bytesReceived: 5_500 });
    const second = readStats(report(transport, later), undefined, first.sample);
    expect(second.stats).toMatchObject({ sendBitsPerSecond: 8_000, receiveBitsPerSecond: 2_000 });
    const other = readStats(
      report({ ...transport, selectedCandidatePairId: 'new' }, pair({ id: 'new', timestamp: 14_000 })),
      undefined,
      second.sample,
    );
    expect(other.stats).toMatchObject({ sendBitsPerSecond: null, receiveBitsPerSecond: null });
  });
});
