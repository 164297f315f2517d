import { describe, expect, it } from 'vitest';
import { PathWatch } from '../../../src/client/call/path-watch.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

/** A connection whose selected pair is of these candidate types. */
function setUp({ reports = true, refusals = 0 } = {}) {
  const clock = new FakeClock();
  const transport = new EventTarget();
  const state = { connectionState: 'new', local: 'host', remote: 'host', looks: 0, refusals };
  const peer = {
    get connectionState() {
      return state.connectionState;
    },
    getSenders: () => [{ transport: { iceTransport: transport } }],
  } as unknown as RTCPeerConnection;
  const readStats = async () => {
    state.looks += 1;
    const at = { timestamp: 1 };
    return new Map<string, unknown>([
      ['t', { id: 't', type: 'transport', selectedCandidatePairId: 'p', ...at }],
      ['p', { id: 'p', type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r', ...at }],
      ['l', { id: 'l', type: 'local-candidate', candidateType: state.local, protocol: 'udp', ...at }],
      ['r', { id: 'r', type: 'remote-candidate', candidateType: state.remote, protocol: 'udp', ...at }],
    ]) as RTCStatsReport;
  };
  const told: string[] = [];
  const watch = new PathWatch({
    clock,
    peer,
    readStats,
    reportsPath: () => reports,
    async tellPath(path) {
      if (state.refusals-- > 0) throw new Error('peer_gone');
      told.push(path);
    },
  });
  const connect = () => {
    state.connectionState = 'connected';
    watch.noteState();
  };
  /** Lets time pass, and what was begun come to an end. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, told, watch, transport, connect, pass };
}

describe('how media gets to a peer', () => {
  it('[CA8] is told once', async () => {
    const { told, connect, pass } = setUp();
    connect();
    for (const ms of [0, 3_000, 10_000, 30_000]) await pass(ms);
    expect(told).toEqual(['direct']);
  });

  it.each([
    ['relay', 'host'],
    ['prflx', 'relay'],
  ])('[CA8] is by a relay if either candidate is: %s and %s', async (local, remote) => {
    const { state, told, connect, pass } = setUp();
    Object.assign(state, { local, remote });
    connect();
    await pass(0);
    expect(told).toEqual(['relayed']);
  });

  it('[CA8] is told again when it changes, by event or by a later look', async () => {
    const { state, told, transport, connect, pass } = setUp();
    state.local = 'relay';
    connect();
    await pass(0);
    state.local = 'host';
    transport.dispatchEvent(new Event('selectedcandidatepairchange'));
    await pass(0);
    state.remote = 'relay';
    await pass(3_000);
    expect(told).toEqual(['relayed', 'direct', 'relayed']);
  });

  it('[CA8] is a failure once no way was found, until one is', async () => {
    const { told, watch, connect, pass } = setUp();
    watch.failed();
    watch.failed();
    await pass(0);
    connect();
    await pass(0);
    expect(told).toEqual(['failed', 'direct']);
  });

  it('[CA8] is told again to a peer with another id, and after a refusal', async () => {
    const { state, told, watch, connect, pass } = setUp({ refusals: 1 });
    connect();
    await pass(0);
    expect(told).toEqual([]);
    await pass(3_000);
    expect(told).toEqual(['direct']);
    watch.repeat();
    await pass(0);
    expect([told, state.looks]).toEqual([['direct', 'direct'], 3]);
  });

  it('[CA8] is nobody’s business if the server takes no reports, or when the call is over', async () => {
    const old = setUp({ reports: false });
    old.connect();
    old.watch.failed();
    await old.pass(30_000);
    expect([old.told, old.state.looks]).toEqual([[], 0]);
    const over = setUp();
    over.connect();
    over.watch.stop();
    over.watch.failed();
    await over.pass(30_000);
    expect([over.told, over.state.looks]).toEqual([[], 0]);
  });
});
