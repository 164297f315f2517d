import { describe, expect, it } from 'vitest';
import { ConnectionFactory, type RtcConstructor } from '../../../src/client/call/connection-factory.ts';
import { createRemoteDeps } from '../../../src/client/call/link.ts';
import { createSdpRules } from '../../../src/client/call/sdp/rules.ts';
import { live } from '../signaling/wire.ts';
import { noCodecs } from '../support/codecs.ts';

const RTCPeerConnection = class {
  close(): void {}
} as unknown as RtcConstructor;

/** Signaling to bob through a live session; `refuse` answers the latest message with an error. */
async function setUp() {
  const wire = await live();
  const errors: unknown[] = [];
  const { sendTo } = createRemoteDeps({
    session: wire.session,
    clock: wire.clock,
    random: () => 0.5,
    connections: new ConnectionFactory(RTCPeerConnection, {}),
    tracks: new Map(),
    rules: createSdpRules({ hidesOwn: () => false, dropsTheirs: () => false }),
    codecs: noCodecs(),
    onAsked: () => {},
    onConnection: () => {},
    statsOf: () => Promise.reject(new Error('no figures here')),
    onData: () => {},
    onError: (error) => errors.push(error),
  });
  let seq = 1;
  const sent = () => wire.socket.sent.filter(({ event }) => event === 'call:ice');
  const refuse = async (code: string, retryAfterMs?: number): Promise<void> => {
    seq += 1;
    wire.socket.say('error', seq, { code, message: 'Refused.', retryAfterMs }, sent().at(-1)?.id);
    await wire.pass(0);
  };
  sendTo('bob')('call:ice', { candidates: [] });
  return { wire, errors, sent, refuse };
}

describe('a message to one peer', () => {
  it('is sent again after the pause that the server names', async () => {
    const { wire, errors, sent, refuse } = await setUp();
    await refuse('rate_limited', 3_000);
    await wire.pass(2_999);
    expect(sent()).toHaveLength(1);
    await wire.pass(1);
    expect(sent().map(({ payload }) => payload)).toEqual(Array(2).fill({ candidates: [], to: 'bob' }));
    expect(errors).toEqual([]);
  });

  it('is given up and reported after five tries', async () => {
    const { wire, errors, sent, refuse } = await setUp();
    for (let tries = 1; tries < 5; tries += 1) {
      await refuse('rate_limited');
      await wire.pass(1_000);
    }
    expect(sent()).toHaveLength(5);
    expect(errors).toEqual([]);
    await refuse('rate_limited');
    expect(errors).toMatchObject([{ code: 'rate_limited' }]);
  });

  it('is not reported if the peer is gone, which an event of its own tells', async () => {
    const { errors, refuse } = await setUp();
    await refuse('peer_gone');
    expect(errors).toEqual([]);
  });
});
