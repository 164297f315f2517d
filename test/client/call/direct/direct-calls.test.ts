import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WAITING_CANDIDATES } from '../../../../src/client/call/candidates.ts';
import { RINGING_CALLS } from '../../../../src/client/call/direct/direct-calls.ts';
import { Incoming } from '../../../../src/client/call/direct/incoming.ts';
import { openClient } from '../../../../src/client/client.ts';
import type { IncomingCall } from '../../../../src/client/types.ts';
import { FakeClock } from '../../../support/fakes/clock.ts';
import { FakeSocket, outcomeOf, settled } from '../../signaling/wire.ts';
import { NO_CODEC_SUPPORT } from '../../support/codecs.ts';
import { FAKE_RTC, INSIDE, peer } from '../../support/fake-call.ts';

beforeEach(() => {
  vi.stubGlobal('MediaStream', class {});
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
});
afterEach(() => vi.unstubAllGlobals());

/** A client whose server is the test. Names can't be looked up. */
async function live() {
  const sockets: FakeSocket[] = [];
  const clock = new FakeClock();
  const WebSocket = class extends FakeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
  const platform = {
    clock,
    random: () => 0.5,
    WebSocket,
    RTCPeerConnection: () => FAKE_RTC,
    onWake: () => () => {},
    codecSupport: () => NO_CODEC_SUPPORT,
  };
  const opening = openClient({ baseUrl: 'http://test', token: 'jwt' }, platform);
  clock.advance(0);
  await settled();
  const [socket] = sockets;
  if (socket === undefined) throw new Error('the client has not dialled');
  socket.welcome();
  const client = await opening;
  const rung: IncomingCall[] = [];
  const ends: string[] = [];
  client.on('call', (incoming) => {
    rung.push(incoming);
    incoming.on('ended', (reason) => ends.push(`${incoming.from.userId} ${reason}`));
  });
  let seq = 1;
  const say = async (event: string, payload: object, re?: number): Promise<void> => {
    seq += 1;
    socket.say(event, seq, payload, re);
    await settled();
  };
  const offer = (name: string | null): Promise<void> =>
    say('call:offer', { from: name, fromUserId: `user-${name}`, sdp: 'v=0' });
  return { client, socket, rung, ends, say, offer };
}

describe('calls that ring', () => {
  it('[CA6] ring once, however often they are offered, with the user by the server’s word', async () => {
    const { rung, offer } = await live();
    await offer('ann');
    await offer('ann');
    expect(rung.map(({ from }) => from)).toEqual([{ userId: 'user-ann', username: null, displayName: null }]);
  });

  it('are at most RINGING_CALLS: the oldest stops', async () => {
    const { rung, ends, offer } = await live();
    for (let each = 0; each <= RINGING_CALLS; each += 1) await offer(`p${each}`);
    expect(rung).toHaveLength(RINGING_CALLS + 1);
    expect(ends).toEqual(['user-p0 peer_left']);
  });

  it('stop for good when they are given up or declined', async () => {
    const { rung, ends, say, offer, socket } = await live();
    await offer('ann');
    await say('call:hangup', { from: 'ann', fromUserId: 'user-ann', reason: 'of a later server' });
    await offer('ben');
    rung[1]?.decline('user_busy');
    rung[1]?.decline();
    expect(ends).toEqual(['user-ann user_hangup', 'user-ben user_busy']);
    expect(socket.sent.map(({ event, payload }) => [event, payload])).toEqual([
      ['call:hangup', { to: 'ben', reason: 'user_busy' }],
    ]);
    const outcomes = rung.map((incoming) => outcomeOf(incoming.accept()));
    expect(await Promise.all(outcomes)).toEqual(['peer_gone', 'peer_gone']);
  });

  it('are none of those of the room, and none of a backend', async () => {
    const { client, rung, say, offer, socket } = await live();
    const joining = client.join('room');
    await settled();
    await say('room:joined', { ...INSIDE, peers: [peer('bob')] }, socket.sent.at(-1)?.id);
    await joining;
    await offer('bob');
    await offer(null);
    expect(rung).toEqual([]);
    await offer('ann');
    expect(rung).toHaveLength(1);
    expect(await outcomeOf(rung[0]?.accept() ?? Promise.resolve())).toBe('already_in_room');
    expect(rung[0]?.ringing).toBe(true);
  });

  it('end with the session', async () => {
    const { client, ends, offer } = await live();
    await offer('ann');
    client.close();
    expect(ends).toEqual(['user-ann connection_lost']);
  });
});

describe('a call that rings', () => {
  it('keeps the newest WAITING_CANDIDATES candidates', () => {
    const deps = { answer: () => Promise.reject(new Error('not asked for here')), decline: () => {} };
    const offer = {
      sdp: '',
      asObject: false,
      connection: undefined,
      tracks: undefined,
      takesData: false,
      hardware: [],
    };
    const user = { userId: 'ann', username: null, displayName: null };
    const incoming = new Incoming(deps, user, { peerId: 'ann', offer, media: undefined, candidates: [] });
    for (let each = 0; each <= WAITING_CANDIDATES; each += 1)
      incoming.addCandidates([{ candidate: `${each}` }]);
    expect(incoming.latest.candidates).toHaveLength(WAITING_CANDIDATES);
    expect(incoming.latest.candidates[0]).toEqual({ candidate: '1' });
  });
});
