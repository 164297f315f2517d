import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/domain/identity.ts';
import { type PeerId, randomIds, type UserId } from '../../../src/domain/ids.ts';
import { lend, textOf } from '../../../src/lib/borrowed.ts';
import type { ServerEvent } from '../../../src/protocol/events.ts';
import { LIMIT_DEFAULTS } from '../../../src/protocol/limits.ts';
import type { Calls } from '../../../src/signaling/calls/call-end.ts';
import { createCallRelay } from '../../../src/signaling/calls/call-relay.ts';
import { LiveRooms } from '../../../src/signaling/live-rooms/live-rooms.ts';
import type { Participant, Recipient } from '../../../src/signaling/live-rooms/participant.ts';
import { Registry } from '../../../src/signaling/session/registry.ts';
import { Session } from '../../../src/signaling/session/session.ts';
import { ChunkPool } from '../../../src/signaling/wire/chunk-pool.ts';
import { isCallMessage } from '../../../src/signaling/wire/client-message.ts';
import { decode } from '../../../src/signaling/wire/decode.ts';
import type { Relayed } from '../../../src/signaling/wire/frame-writer.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { NO_SUBSCRIBERS } from '../../support/fakes/events.ts';
import { FakeSocket } from '../../support/fakes/fake-socket.ts';
import { profile } from '../../support/server/accounts.ts';
import { identity, OTHER_ROOM, ROOM, room } from '../../support/server/hub.ts';

/** Records what a participant without a session is told. Such a place could be held over HTTP, or by another node. */
class FakeRecipient implements Recipient {
  readonly identity = { role: null, room: null };
  readonly peerId: PeerId = randomIds.peerId();
  readonly userId: UserId;
  readonly profile: Profile;
  isLive = false;
  participant: Participant | undefined;
  calls: Calls | undefined;
  readonly delivered: (readonly [event: ServerEvent, payload: unknown])[] = [];

  constructor(name: string) {
    this.userId = name as UserId;
    this.profile = profile(this.userId);
  }

  send(event: ServerEvent, payload: unknown): void {
    this.delivered.push([event, payload]);
  }

  sendText(event: ServerEvent, body: string | undefined): void {
    this.delivered.push([event, body === undefined ? undefined : JSON.parse(body)]);
  }

  sendRelayed(event: ServerEvent, { stamp, rest }: Relayed): void {
    this.sendText(event, Buffer.from(stamp).toString() + textOf(rest));
  }
}

/** A room with Ann, who has a session, and Ben, who has none. */
function setUp() {
  const clock = new FakeClock();
  const registry = new Registry();
  const calls = createCallRelay({
    registry,
    directCalls: 'off',
    isWaiting: () => false,
    expected: () => liveRooms.expected,
  });
  const liveRooms: LiveRooms = new LiveRooms({
    clock,
    ids: randomIds,
    lastMessageIn: () => null,
    iceServers: () => ({ iceServers: [], expiresAt: Number.POSITIVE_INFINITY }),
    hangUpOn: calls.hangUpOn,
    deliverKept: () => {},
    replace: (former) => liveRooms.leave(former, 'replaced'),
    events: NO_SUBSCRIBERS,
  });
  const context = {
    limits: LIMIT_DEFAULTS,
    chunks: new ChunkPool(2 ** 33),
    tooSlow: () => {},
    kept: () => {},
    receive: () => {},
    receiveJoin: () => {},
    sent: 0,
  };

  function connect(name: string) {
    const socket = new FakeSocket();
    const who = identity(name, clock);
    const session = new Session(
      randomIds.peerId(),
      who,
      profile(who.userId),
      { state: 'live', socket },
      context,
    );
    registry.add(session, clock.now());
    return { session, socket };
  }

  function hold(name: string): FakeRecipient {
    const recipient = new FakeRecipient(name);
    liveRooms.join(recipient, { room: room(ROOM, 2) });
    return recipient;
  }

  function offer(from: Session, to: { to: PeerId } | { userId: UserId }): void {
    const payload = { ...to, sdp: 'v=0' };
    const message = decode(lend(Buffer.from(JSON.stringify({ event: 'call:offer', payload }))));
    if ('problem' in message || !isCallMessage(message)) throw new Error('an offer was refused');
    calls.relay(from, message);
  }

  const ann = connect('ann');
  liveRooms.join(ann.session, { room: room(ROOM, 2) });
  const ben = hold('ben');
  return { liveRooms, ann, ben, connect, offer };
}

/** @throws Error if the recipient is in no room */
function placeOf({ participant }: Recipient): Participant {
  if (participant === undefined) throw new Error('is in no room');
  return participant;
}

describe('a participant without a session', () => {
  it('[RM1] is described to those inside and to newcomers', () => {
    const { liveRooms, ann, ben } = setUp();
    expect(ann.socket.all('peer:joined')).toMatchObject([{ peer: { peerId: ben.peerId, userId: 'ben' } }]);
    expect(liveRooms.peersOf(ROOM)).toMatchObject([
      { peerId: ann.session.peerId, state: 'live' },
      { peerId: ben.peerId, userId: 'ben', state: 'suspended', userInfo: null, media: { audio: false } },
    ]);
  });

  it('[RM1] counts: the room is full with it', () => {
    const { liveRooms, connect } = setUp();
    const cem = connect('cem');
    expect(() => liveRooms.join(cem.session, { room: room(ROOM, 2) })).toThrow(
      expect.objectContaining({ code: 'room_full' }),
    );
    expect(liveRooms.membersOf(ROOM)).toHaveLength(2);
  });

  it('[RM1] is told of everything in the room', () => {
    const { liveRooms, ann, ben } = setUp();
    placeOf(ann.session).tellOthers('peer:typing', { peerId: ann.session.peerId, typing: true });
    liveRooms.tellChange({ ...room(ROOM, 2), locked: true });
    liveRooms.leave(placeOf(ann.session), 'left');
    expect(ben.delivered).toMatchObject([
      ['room:joined', { peerId: ben.peerId, peers: [{ peerId: ann.session.peerId }] }],
      ['peer:typing', { peerId: ann.session.peerId, typing: true }],
      ['room:updated', { room: { locked: true, participants: 2 } }],
      ['peer:left', { peerId: ann.session.peerId, reason: 'left' }],
    ]);
  });

  it.each(['to', 'userId'] as const)('[CA1][CA2] is addressed by `%s`', (by) => {
    const { offer, ann, ben } = setUp();
    offer(ann.session, by === 'to' ? { to: ben.peerId } : { userId: ben.userId });
    expect(ben.delivered.at(-1)).toMatchObject([
      'call:offer',
      { from: ann.session.peerId, fromUserId: 'ann', sdp: 'v=0' },
    ]);
  });

  it('[CA5] has its calls hung up when it leaves', () => {
    const { liveRooms, offer, ann, ben } = setUp();
    offer(ann.session, { to: ben.peerId });
    liveRooms.leave(placeOf(ben), 'kicked');
    expect(ann.socket.all('call:hangup')).toMatchObject([{ from: ben.peerId, reason: 'peer_left' }]);
    expect(ann.socket.all('peer:left')).toEqual([{ peerId: ben.peerId, reason: 'kicked' }]);
    expect([ben.participant, liveRooms.membersOf(ROOM).length]).toEqual([undefined, 1]);
  });

  it('[RM4] is addressed by nobody outside of its room', () => {
    const { liveRooms, offer, ben, connect } = setUp();
    const cem = connect('cem');
    liveRooms.join(cem.session, { room: room(OTHER_ROOM) });
    expect(() => offer(cem.session, { to: ben.peerId })).toThrow(
      expect.objectContaining({ code: 'peer_gone' }),
    );
  });

  it('[RM8] gives its place, even in a full room, to its user who joins', () => {
    const { liveRooms, ann, ben, connect } = setUp();
    const back = connect('ben');
    liveRooms.join(back.session, { room: room(ROOM, 2) });
    expect(ann.socket.all('peer:left')).toEqual([{ peerId: ben.peerId, reason: 'replaced' }]);
    expect(liveRooms.membersOf(ROOM).map(({ recipient }) => recipient)).toEqual([ann.session, back.session]);
  });

  it('[RM8] keeps its place while its recipient is live', () => {
    const { liveRooms, ben, connect } = setUp();
    ben.isLive = true;
    expect(placeOf(ben).state).toBe('present');
    const back = connect('ben');
    expect(() => liveRooms.join(back.session, { room: room(ROOM, 2) })).toThrow(
      expect.objectContaining({ code: 'room_full' }),
    );
  });
});
