import { describe, expect, it } from 'vitest';
import { readPath } from '../../../../src/client/call/quality/read-path.ts';
import { reportOf } from './reports.ts';

const PAIR = {
  id: 'pair',
  type: 'candidate-pair',
  localCandidateId: 'local',
  remoteCandidateId: 'remote',
  currentRoundTripTime: 0.042,
};
const TRANSPORT = { id: 'transport', type: 'transport', selectedCandidatePairId: 'pair' };
const HOST = { candidateType: 'host', protocol: 'udp' };
const RELAY = { candidateType: 'relay', protocol: 'udp' };
const local = (fields: object) => ({ id: 'local', type: 'local-candidate', ...fields });
const remote = (fields: object) => ({ id: 'remote', type: 'remote-candidate', ...fields });

describe('the way of a connection', () => {
  it.each([
    ['direct', 'udp', HOST, { ...HOST, candidateType: 'srflx' }],
    ['relayed', 'udp', HOST, RELAY],
    ['direct', 'tcp', { ...HOST, protocol: 'tcp' }, HOST],
    ['relayed', 'tls', { ...RELAY, relayProtocol: 'tls' }, HOST],
    ['relayed', 'tcp', { ...RELAY, relayProtocol: 'tcp' }, RELAY],
    ['direct', null, { candidateType: 'host', protocol: 'pigeon' }, HOST],
  ])('is %s over %s', (path, protocol, mine, theirs) => {
    const report = reportOf(TRANSPORT, PAIR, local(mine), remote(theirs));
    expect(readPath(report)).toMatchObject({ path, protocol, roundTripMs: 42, pairId: 'pair', atMs: 10_000 });
  });

  it('is that of the pair that the browser itself marks as selected, if no transport names one', () => {
    const way = (selected: boolean) =>
      readPath(reportOf({ ...PAIR, selected }, local(HOST), remote(HOST))).path;
    expect([way(true), way(false)]).toEqual(['direct', null]);
  });

  it('is unknown without a pair', () => {
    expect(readPath(reportOf(TRANSPORT))).toMatchObject({ path: null, pairId: null, bytesSent: 0 });
    expect(readPath(reportOf())).toMatchObject({ path: null, atMs: 0 });
  });
});
