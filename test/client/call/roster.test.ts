import { describe, expect, it } from 'vitest';
import type { Side } from '../../../src/client/call/connection-deps.ts';
import { ControlChannel } from '../../../src/client/call/control/control-channel.ts';
import type { ConnectionEvents, Link } from '../../../src/client/call/link.ts';
import { PeerChannel } from '../../../src/client/call/peer-channel.ts';
import { Remote } from '../../../src/client/call/remote.ts';
import { Roster } from '../../../src/client/call/roster.ts';
import type { ConnectionRef, Description } from '../../../src/client/call/signals.ts';
import type { Peer } from '../../../src/protocol/fields.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeRtc } from '../support/fake-call.ts';

interface FakeLink extends Link {
  remoteId: string | undefined;
  readonly side: Side;
  readonly events: ConnectionEvents;
  readonly did: string[];
}

function setUp() {
  const clock = new FakeClock();
  const links: FakeLink[] = [];
  const told: string[] = [];
  const sent: string[] = [];
  const connect = (events: ConnectionEvents, side: Side): Link => {
    const did: string[] = [];
    const link: FakeLink = {
      id: `link-${links.length + 1}`,
      channel: new PeerChannel({ peer: new FakeRtc({}) as never, onData: () => {}, onReady: () => {} }),
      control: new ControlChannel({
        peer: new FakeRtc({}) as never,
        clock,
        onOpen: () => {},
        onMessage: () => {},
      }),
      sender: () => undefined,
      remoteId: undefined,
      side,
      events,
      did,
      receiveOffer: () => did.push('offer'),
      receiveAnswer: () => did.push('answer'),
      receiveCandidates: () => did.push('candidates'),
      setTrack: async () => {},
      configure: () => {},
      retry: () => did.push('retry'),
      relayRestarted: () => {},
      renewPath: () => did.push('renewPath'),
      rebind: ({ polite, offers }) => did.push(`rebind polite=${polite} offers=${offers}`),
      level: () => 0,
      read: () => Promise.reject(new Error('not asked for here')),
      fingerprints: async () => undefined,
      close: () => did.push('close'),
    };
    links.push(link);
    return link;
  };
  const roster = new Roster({
    clock,
    create: (peer, offers) =>
      new Remote(
        {
          connect,
          clock,
          onAsked: () => {},
          onConnection: () => {},
          statsOf: () => Promise.reject(new Error('no figures here')),
          onData: () => {},
          reportsPath: () => false,
          tellPath: async () => {},
          sendTo: (peerId) => (signal) => sent.push(`${signal} to ${peerId}`),
          onError: (error) => told.push(`failed ${error}`),
        },
        peer,
        offers,
      ),
    onJoined: ({ peerId }) => told.push(`joined ${peerId}`),
    onLeft: ({ peerId }, reason) => told.push(`left ${peerId} ${reason}`),
  });
  const link = (index: number): FakeLink => {
    const found = links[index];
    if (found === undefined) throw new Error(`there is no connection ${index}`);
    return found;
  };
  return { clock, roster, links, link, told, sent };
}

const peer = (peerId: string, userId: string, fields: Partial<Peer> = {}): Peer => ({
  peerId,
  userId,
  username: null,
  displayName: userId,
  userInfo: null,
  media: { audio: true, video: true, screen: false },
  state: 'live',
  polite: false,
  host: false,
  send: ['audio'],
  hand: null,
  ...fields,
});

const offer = (connection?: ConnectionRef): Description => ({
  sdp: '',
  asObject: false,
  connection,
  tracks: undefined,
  takesData: false,
  hardware: [],
});

describe('the roster', () => {
  it('[RM2] offers to peers found inside, and waits for the offers of newcomers', () => {
    const { roster, links, told } = setUp();
    roster.enter([peer('a', 'ann', { polite: true })], false);
    roster.add(peer('b', 'bob'), false);
    expect(links.map(({ side }) => side)).toEqual([
      { polite: true, offers: true },
      { polite: false, offers: false },
    ]);
    expect(told).toEqual(['joined b']);
  });

  it('[RM3] closes the connection to a peer that left', () => {
    const { roster, link, told } = setUp();
    roster.enter([peer('a', 'ann')], false);
    roster.remove('a', 'kicked');
    roster.remove('nobody', 'left');
    expect(link(0).did).toEqual(['close']);
    expect(told).toEqual(['left a kicked']);
    expect(roster.peers.size).toBe(0);
  });

  it('[SE4] takes a person back under the new id, on the same connection, without an event', () => {
    const { roster, links, link, told, sent } = setUp();
    roster.enter([peer('a', 'ann')], false);
    const ann = roster.peers.get('a');
    link(0).remoteId = 'theirs';
    roster.orphanAll();
    expect(ann?.state).toBe('suspended');
    link(0).events.send('call:ice', { candidates: [] });
    roster.enter([peer('a2', 'ann', { polite: true })], true);
    link(0).events.send('call:ice', { candidates: [] });
    expect(roster.peers.get('a2')).toBe(ann);
    expect([...roster.peers.keys()]).toEqual(['a2']);
    expect(ann).toMatchObject({ state: 'live', key: 'a', peerId: 'a2' });
    expect(link(0).did).toEqual(['rebind polite=true offers=true']);
    expect(links).toHaveLength(1);
    expect(told).toEqual([]);
    expect(sent).toEqual(['call:ice to a2']);
  });

  it('[SE4] creates a new connection for a peer that can not tell which one it had', () => {
    const { roster, link, links } = setUp();
    roster.enter([peer('a', 'ann')], false);
    roster.orphanAll();
    roster.enter([peer('a2', 'ann')], true);
    expect(link(0).did).toEqual(['close']);
    expect(links).toHaveLength(2);
    expect(link(1).side.offers).toBe(true);
  });

  it('[SE4] removes whoever is not back within 30 s', () => {
    const { roster, clock, told } = setUp();
    roster.enter([peer('a', 'ann'), peer('b', 'bob')], false);
    roster.orphanAll();
    roster.enter([], true);
    roster.add(peer('b2', 'bob'), false);
    clock.advance(29_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['left a timeout']);
    expect([...roster.peers.keys()]).toEqual(['b2']);
    roster.close();
    expect(clock.pending).toBe(0);
  });

  it('[SE4] tells two returning tabs of one user apart by the connection that they name', () => {
    const { roster, link, told } = setUp();
    roster.enter([peer('t1', 'ann'), peer('t2', 'ann')], false);
    const [first, second] = [roster.peers.get('t1'), roster.peers.get('t2')];
    link(0).remoteId = 'theirs-1';
    link(1).remoteId = 'theirs-2';
    roster.orphanAll();
    roster.enter([], true);
    roster.add(peer('t2-back', 'ann'), false);
    const named = offer({ from: 'theirs-2', to: 'link-2', offer: 1 });
    const offerer = roster.claimOffer('t2-back', named);
    expect(offerer).toBe(second);
    offerer?.receiveOffer(named);
    roster.add(peer('t1-back', 'ann'), false);
    expect(roster.peers.get('t1-back')).toBe(first);
    expect(roster.peers.size).toBe(2);
    expect(link(1).did).toContain('offer');
    expect(told).toEqual([]);
  });
});

describe('a remote peer', () => {
  function met() {
    const all = setUp();
    all.roster.enter([peer('a', 'ann')], false);
    const ann = all.roster.peers.get('a');
    if (ann === undefined) throw new Error('ann is not here');
    return { ...all, ann };
  }

  it('gets a new connection and an offer if its offer names a connection that is not ours', () => {
    const { ann, link, links } = met();
    ann.receiveOffer(offer({ from: 'theirs', to: 'gone', offer: 3 }));
    expect(link(0).did).toEqual(['close']);
    expect(link(1).side.offers).toBe(true);
    expect(link(1).did).toEqual([]);
    expect(links).toHaveLength(2);
  });

  it('gets a new connection and an answer if it offers on a new connection', () => {
    const { ann, link } = met();
    link(0).remoteId = 'theirs';
    ann.receiveOffer(offer({ from: 'theirs', offer: 1 }));
    expect(link(0).did).toEqual(['offer']);
    ann.receiveOffer(offer({ from: 'another', offer: 1 }));
    expect(link(0).did).toEqual(['offer', 'close']);
    expect(link(1).side.offers).toBe(false);
    expect(link(1).did).toEqual(['offer']);
  });

  it('stays failed through every new try, until one succeeds', () => {
    const { ann, link } = met();
    const states: string[] = [];
    ann.on('connection', (state) => states.push(state));
    for (const state of ['failed', 'connecting', 'failed', 'connecting'] as const)
      link(0).events.onState(state);
    expect(ann.connectionState).toBe('failed');
    link(0).events.onState('connected');
    link(0).events.onState('connecting');
    expect(states).toEqual(['failed', 'connected', 'connecting']);
  });

  it('may call again after it has hung up', () => {
    const { ann, link } = met();
    const states: string[] = [];
    ann.on('connection', (state) => states.push(state));
    link(0).events.onState('connected');
    ann.hangUp();
    ann.receiveOffer(offer());
    expect(states).toEqual(['connected', 'disconnected', 'connecting']);
    expect(link(1).did).toEqual(['offer']);
  });

  it('is neither speaking nor typing while suspended', () => {
    const { ann } = met();
    const reported: string[] = [];
    ann.on('speaking', (speaking) => reported.push(`speaking ${speaking}`));
    ann.on('typing', (typing) => reported.push(`typing ${typing}`));
    ann.on('state', (state) => reported.push(state));
    ann.setSpeaking(true);
    ann.setSpeaking(true);
    ann.setTyping(true);
    ann.setState('suspended');
    ann.setState('live');
    expect(reported).toEqual([
      'speaking true',
      'typing true',
      'speaking false',
      'typing false',
      'suspended',
      'live',
    ]);
  });
});
