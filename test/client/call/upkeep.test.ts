import { describe, expect, it } from 'vitest';
import { Upkeep } from '../../../src/client/call/upkeep.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { settled } from '../signaling/wire.ts';

/** A connection that has found its path dead, and has offered an ICE restart. `types`: candidate types of the pair that it had. */
async function setUp(types: readonly [local: string, remote: string] | undefined) {
  const clock = new FakeClock();
  const stats = new Map<string, unknown>();
  const peer: {
    connectionState: string;
    readonly signalingState: string;
    sctp?: { readonly transport: object };
    getSenders?: () => readonly { readonly transport: object | null }[];
    getReceivers?: () => readonly object[];
  } = { connectionState: 'connected', signalingState: 'stable' };
  const events: string[] = [];
  const note = (event: string) => () => {
    events.push(`${event} at ${clock.now() - began}`);
  };
  let began = clock.now();
  const replaced = note('replaced');
  const upkeep = new Upkeep({
    clock,
    peer: peer as unknown as RTCPeerConnection,
    readStats: async () => stats as unknown as RTCStatsReport,
    isPolite: () => false,
    isReachable: () => true,
    sendsMedia: () => true,
    restart: () => {
      events.push('restarted');
      // As in Firefox: the pair is gone.
      stats.clear();
    },
    replace: () => {
      replaced();
      return true;
    },
    repeatOffer: note('repeated'),
    ask: () => true,
    onDoubt: () => {},
    onUnreachable: () => {},
    onError: () => {},
    reportsPath: () => false,
    tellPath: async () => {},
  });
  if (types !== undefined) {
    const [local, remote] = types;
    const at = { timestamp: 1 };
    stats.set('t', { id: 't', type: 'transport', selectedCandidatePairId: 'p', ...at });
    stats.set('p', { id: 'p', type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r', ...at });
    stats.set('l', { id: 'l', type: 'local-candidate', candidateType: local, protocol: 'udp', ...at });
    stats.set('r', { id: 'r', type: 'remote-candidate', candidateType: remote, protocol: 'udp', ...at });
  }
  upkeep.noteState();
  while (events.length === 0) {
    clock.advance(50);
    await settled();
  }
  began = clock.now();
  return { clock, upkeep, peer, events };
}

describe('the answer to a restart that brings no media', () => {
  it('has the connection replaced if the browser holds on to a direct pair', async () => {
    const { clock, upkeep, events } = await setUp(['host', 'prflx']);
    clock.advance(100);
    upkeep.noteAnswered();
    clock.advance(2_000);
    expect(events).toEqual(['restarted', 'replaced at 850']);
    upkeep.stop();
  });

  it.each([
    ['a pair through this side’s relay', ['relay', 'host']],
    ['a pair through the peer’s relay', ['srflx', 'relay']],
    ['no pair', undefined],
  ] as const)('leaves it alone with %s: the restart goes on', async (_, types) => {
    const { clock, upkeep, events } = await setUp(types);
    clock.advance(100);
    upkeep.noteAnswered();
    clock.advance(2_000);
    expect(events).toEqual(['restarted']);
    upkeep.stop();
  });
});

describe('a connection whose encryption has failed with its path, as in Firefox', () => {
  it.each(['sctp', 'sender'])('is replaced, told by its %s', async (by) => {
    const { clock, upkeep, peer, events } = await setUp(undefined);
    const transport = { state: 'failed' };
    peer.connectionState = 'failed';
    if (by === 'sctp') peer.sctp = { transport };
    else peer.getSenders = () => [{ transport: null }, { transport }];
    upkeep.noteState();
    clock.advance(0);
    expect(events).toEqual(['restarted', 'replaced at 0']);
    upkeep.stop();
  });
});

describe('a path that is back', () => {
  it('gets a key frame at once, and another when this side has certainly left the dead pair', async () => {
    const { clock, upkeep, peer } = await setUp(['relay', 'host']);
    const keyFrames: number[] = [];
    const began = clock.now();
    const sender = {
      transport: null,
      track: { kind: 'video' },
      getParameters: () => ({ encodings: [{}] }),
      async setParameters(_: unknown, { encodingOptions = [] }: { encodingOptions?: unknown[] } = {}) {
        if (encodingOptions.length > 0) keyFrames.push(clock.now() - began);
      },
    };
    let newest = 1;
    peer.getSenders = () => [sender];
    clock.advance(250);
    expect(keyFrames).toEqual([]);
    peer.getReceivers = () => [{ getSynchronizationSources: () => [{ timestamp: newest }] }];
    clock.advance(250);
    expect(keyFrames).toHaveLength(1);
    await settled();
    clock.advance(500);
    expect(keyFrames.map((at) => at - (keyFrames[0] ?? 0))).toEqual([0, 500]);
    newest += 1;
    clock.advance(60_000);
    expect(keyFrames).toHaveLength(2);
    upkeep.stop();
  });
});

describe('a connection that is closed while its stats are read', () => {
  it('is neither restarted nor replaced', async () => {
    const { clock, upkeep, events } = await setUp(['host', 'host']);
    const restarted = upkeep.relayRestarted();
    upkeep.stop();
    await restarted;
    clock.advance(60_000);
    expect(events).toEqual(['restarted']);
  });
});
