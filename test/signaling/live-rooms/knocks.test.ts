import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../../src/domain/ids.ts';
import { noSuchRoom } from '../../../src/domain/refusals.ts';
import { grant, NOTHING_GRANTED } from '../../../src/domain/room-rights.ts';
import {
  KNOCK_AGAIN_MS,
  KNOCKS_PER_NETWORK,
  KNOCKS_PER_ROOM,
} from '../../../src/signaling/live-rooms/knock-bounds.ts';
import { KNOCK_MS } from '../../../src/signaling/live-rooms/knocks.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { profile } from '../../support/server/accounts.ts';
import {
  identity,
  OTHER_ROOM,
  type Person,
  ROOM,
  room,
  type Stage,
  say,
  snapshotOf,
  stage,
} from '../../support/server/hub.ts';

const HOST = grant(true);
const HERE = { ...room(), name: 'Tea', waitingRoom: true };

/** Somebody inside who runs the room. */
function host(on: Stage, name = 'host'): Person {
  const person = on.connect(name);
  on.hub.enter(person.session, { room: HERE, granted: HOST });
  return person;
}

/** Lets a person wait for the room. @returns the id of the knock */
function knock(
  on: Stage,
  { session }: Person,
  { id = ROOM, address = '192.0.2.1' }: { id?: RoomId; address?: string } = {},
): string {
  return on.hub.knocks.wait({
    room: { id, name: 'Tea' },
    waiter: { session },
    luggage: { userInfo: { tea: true } },
    address,
  }).knockId;
}

function overHttp(on: Stage, name: string, id = ROOM): string {
  return on.hub.knocks.wait({
    room: { id, name: 'Tea' },
    waiter: { identity: identity(name, on.clock), profile: profile(name as UserId) },
    luggage: {},
    address: '192.0.2.9',
  }).knockId;
}

function letIn(on: Stage, knockId: string, facts = HERE): void {
  const found = on.hub.knocks.find(facts.id, knockId);
  if (found === undefined) throw new Error('nobody waits by this id');
  on.hub.letIn(found, { room: facts, granted: NOTHING_GRANTED });
}

/** Who waits, as the person was told last. */
function told({ socket }: Person): unknown {
  const lists = socket.all('room:knocks') as { items: { userId: string }[] }[];
  return lists.at(-1)?.items.map(({ userId }) => userId);
}

const restarted = (before: Stage): Stage => {
  const savedAt = before.clock.now();
  before.hub.drain();
  const rows = [...before.hub.slices()].flat();
  before.hub.close();
  const after = stage({ clock: new FakeClock(savedAt) });
  after.hub.restore(snapshotOf(rows, savedAt));
  return after;
};

describe('who waits', () => {
  it('[KN1] is in no room, not counted, and heard of by hosts alone', () => {
    const on = stage();
    const [ann, ben] = [host(on), on.inside('ben')];
    const cat = on.connect('cat');
    const knockId = knock(on, cat);
    expect(cat.session.participant).toBeUndefined();
    expect(on.hub.liveRooms.countIn(ROOM)).toBe(2);
    expect(ann.socket.all('room:knocks').at(-1)).toEqual({
      items: [
        { knockId, userId: 'cat', displayName: 'cat', kind: 'guest', since: '2026-01-01T00:00:00.000Z' },
      ],
    });
    expect(ben.socket.all('room:knocks')).toEqual([]);
    expect(cat.socket.frames.map(({ event }) => event)).toEqual(['welcome']);
  });

  it('[KN1] makes no direct calls and gets none; those that it has end', () => {
    const on = stage();
    const [ann, ben, cat] = [on.connect('ann'), on.connect('ben'), on.connect('cat')];
    say(on, ann, 'call:offer', { userId: 'ben', sdp: 'x' });
    say(on, ben, 'call:answer', { sdp: 'x' });
    say(on, cat, 'call:offer', { userId: 'ben', sdp: 'x' });
    const knockId = knock(on, ben);
    for (const { socket } of [ann, cat]) {
      expect(socket.all('call:hangup')).toMatchObject([{ fromUserId: 'ben', reason: 'peer_left' }]);
    }
    const heard = ben.socket.frames.length;
    expect(() => say(on, ben, 'call:offer', { userId: 'ann', sdp: 'x' })).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
    expect(() => say(on, ann, 'call:offer', { userId: 'ben', sdp: 'x' })).toThrow(
      expect.objectContaining({ code: 'user_offline' }),
    );
    expect(() => say(on, ann, 'call:ice', { to: ben.session.peerId, candidate: 'x' })).toThrow();
    expect(() => say(on, ben, 'call:ice', { to: ann.session.peerId, candidate: 'x' })).toThrow();
    expect(ben.socket.frames.slice(heard).map(({ event }) => event)).toEqual(['error', 'error']);
    letIn(on, knockId);
    on.hub.leave(ben.session);
    say(on, ann, 'call:offer', { userId: 'ben', sdp: 'x' });
    expect(ben.socket.all('call:offer')).toHaveLength(3);
  });

  it('[KN1][CA6] gets no relay credentials over HTTP, unless another of its sessions is inside a room', () => {
    const on = stage();
    const [waits, other] = [on.connect('ann'), on.connect('ann')];
    const right = () => on.hub.turnRight(identity('ann', on.clock), ROOM);
    expect(right().kind).toBe('session');
    knock(on, waits);
    expect(right()).toEqual({ kind: 'none' });
    on.hub.enter(other.session, { room: room(OTHER_ROOM) });
    expect(right()).toEqual({ kind: 'session', peerId: other.session.peerId });
    on.hub.leave(waits.session);
    on.hub.leave(other.session);
    expect(right().kind).toBe('session');
  });

  it('[KN2] is shown to a host who comes in or becomes one, in rooms with a waiting room or somebody waiting', () => {
    const on = stage();
    const ann = host(on, 'ann');
    expect(ann.socket.all('room:knocks')).toEqual([{ items: [] }]);
    knock(on, on.connect('cat'));
    const [ben, dan] = [host(on, 'ben'), on.connect('dan')];
    expect([told(ann), told(ben)]).toEqual([['cat'], ['cat']]);
    on.hub.enter(dan.session, { room: HERE });
    expect(told(dan)).toBeUndefined();
    if (dan.session.participant === undefined) throw new Error('Dan is not inside');
    dan.session.participant.granted = HOST;
    on.hub.knocks.lists.tellHost(dan.session.participant, true);
    expect(told(dan)).toEqual(['cat']);
    const plain = on.connect('eve');
    on.hub.enter(plain.session, { room: room(OTHER_ROOM), granted: HOST });
    expect(told(plain)).toBeUndefined();
  });

  it('[KN2] is shown under a new name when its user has one, and under the name of its token', () => {
    const on = stage();
    const ann = host(on);
    const claim = {
      id: ROOM,
      admin: false,
      name: 'Doctor Cat',
      send: null,
      skipKnock: false,
      issuedAt: null,
    };
    knock(on, on.connect('cat', { room: claim }));
    knock(on, on.connect('dan'));
    overHttp(on, 'eve');
    for (const name of ['cat', 'dan', 'eve']) {
      const { userId } = identity(name, on.clock);
      on.hub.updateUser(userId, { profile: profile(userId, { displayName: `New ${name}` }), role: null });
    }
    const [list] = ann.socket.all('room:knocks').slice(-1) as { items: { displayName: string }[] }[];
    expect(list?.items.map(({ displayName }) => displayName)).toEqual(['Doctor Cat', 'New dan', 'New eve']);
  });

  it('[KN2] is shown to somebody whom a token or a role makes a host', () => {
    const on = stage();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    knock(on, on.connect('cat'));
    const claim = { id: ROOM, admin: true, name: null, send: null, skipKnock: false, issuedAt: null };
    on.hub.renew(ann.session, identity('ann', on.clock, { room: claim }));
    expect([told(ann), told(ben)]).toEqual([['cat'], undefined]);
    on.hub.updateUser(ben.session.userId, { profile: profile(ben.session.userId), role: 'admin' });
    expect(told(ben)).toEqual(['cat']);
    on.hub.updateUser(ben.session.userId, { profile: profile(ben.session.userId), role: 'admin' });
    expect(ben.socket.all('room:knocks')).toHaveLength(1);
  });

  it('[KN2] is told to a host who was away, once, after what the host has missed, and across a restart', () => {
    const on = stage();
    const ann = host(on);
    on.inside('ben');
    ann.socket.flush();
    on.hub.suspend(ann.session, ann.socket);
    for (let n = 0; n < KNOCKS_PER_ROOM; n += 1) {
      knock(on, on.connect(`${n} ${'long name '.repeat(5)}`), { address: `192.0.2.${n}` });
    }
    on.inside('cat');
    const again = on.resume(ann, 'host');
    expect(again.welcome.resumed).toBe(true);
    expect(again.socket.frames.map(({ event }) => event)).toEqual(['welcome', 'peer:joined', 'room:knocks']);
    expect(again.socket.all('room:knocks')).toEqual([{ items: on.hub.knocks.itemsOf(ROOM) }]);
    again.socket.flush();
    on.hub.suspend(again.session, again.socket);
    knock(on, on.connect('eve'), { id: OTHER_ROOM });
    const [first] = on.hub.knocks.lineOf(ROOM);
    if (first !== undefined) on.hub.knocks.end(first);
    const after = restarted(on);
    const list = after.resume(again, 'host').socket.all('room:knocks');
    expect(list).toEqual([{ items: after.hub.knocks.itemsOf(ROOM) }]);
  });

  it('[KN3] gets what a join gets when it is let in, with what it brought along', () => {
    const on = stage();
    const ann = host(on);
    const cat = on.connect('cat');
    letIn(on, knock(on, cat));
    expect(cat.socket.all('room:joined')).toMatchObject([
      { room: { participants: 2 }, you: { host: false } },
    ]);
    expect(ann.socket.all('peer:joined')).toMatchObject([{ peer: { userInfo: { tea: true } } }]);
    expect(told(ann)).toEqual([]);
  });

  it('[KN3] stays in the line while the room is full', () => {
    const on = stage();
    const ann = host(on);
    on.inside('ben');
    const knockId = knock(on, on.connect('cat'));
    expect(() => letIn(on, knockId, { ...HERE, max: 2 })).toThrow(
      expect.objectContaining({ code: 'room_full' }),
    );
    expect(told(ann)).toEqual(['cat']);
  });

  it('[KN3] may ask again 30 s after a refusal, and asking before prolongs nothing', () => {
    const on = stage();
    const ann = host(on);
    const cat = on.connect('cat');
    const refuse = (knockId: string) => {
      const found = on.hub.knocks.find(ROOM, knockId);
      if (found !== undefined) on.hub.knocks.refuse(found);
    };
    refuse(knock(on, cat));
    expect(cat.socket.all('error')).toMatchObject([{ code: 'knock_refused', retryAfterMs: KNOCK_AGAIN_MS }]);
    expect(told(ann)).toEqual([]);
    on.clock.advance(10_000);
    expect(() => knock(on, cat)).toThrow(
      expect.objectContaining({ code: 'knock_refused', retryAfterMs: 20_000 }),
    );
    expect(() => knock(on, on.connect('cat'))).toThrow(expect.objectContaining({ code: 'knock_refused' }));
    knock(on, cat, { id: OTHER_ROOM });
    on.clock.advance(20_000);
    knock(on, cat);
    expect(told(ann)).toEqual(['cat']);
  });

  it('[KN3] keeps its place in the line while its line is lost, for the resume window', () => {
    const on = stage();
    const ann = host(on);
    const [cat, dan] = [on.connect('cat'), on.connect('dan')];
    knock(on, cat);
    knock(on, dan);
    on.hub.suspend(cat.session, cat.socket);
    on.hub.suspend(dan.session, dan.socket);
    on.clock.advance(20_000);
    expect(told(ann)).toEqual(['cat', 'dan']);
    on.resume(cat, 'cat');
    on.clock.advance(10_500);
    expect(told(ann)).toEqual(['cat']);
  });

  it('[KN3] is let in while its line is lost, and hears of it when it comes back', () => {
    const on = stage();
    const ann = host(on);
    const cat = on.connect('cat');
    const knockId = knock(on, cat);
    cat.socket.flush();
    on.hub.suspend(cat.session, cat.socket);
    letIn(on, knockId);
    expect(ann.socket.all('peer:joined')).toMatchObject([{ peer: { state: 'suspended' } }]);
    expect(on.resume(cat, 'cat').socket.all('room:joined')).toHaveLength(1);
  });

  it('[KN3][SE8] keeps its place in the line across a restart', () => {
    const before = stage();
    const ann = host(before);
    const [cat, dan] = [before.connect('cat'), before.connect('dan')];
    const knockId = knock(before, cat);
    before.clock.advance(1_000);
    knock(before, dan);
    before.hub.suspend(cat.session, cat.socket);
    before.clock.advance(5_000);
    for (const { socket } of [ann, cat, dan]) socket.flush();
    const after = restarted(before);
    const [annAgain, catAgain] = [after.resume(ann, 'host'), after.resume(cat, 'cat')];
    expect(after.hub.knocks.itemsOf(ROOM).map(({ userId }) => userId)).toEqual(['cat', 'dan']);
    letIn(after, knockId);
    expect(catAgain.socket.all('room:joined')).toHaveLength(1);
    expect(annAgain.socket.all('peer:joined')).toMatchObject([{ peer: { userInfo: { tea: true } } }]);
    expect(told(annAgain)).toEqual(['dan']);
    const danAgain = after.resume(dan, 'dan');
    after.clock.advance(KNOCK_MS - 5_001);
    expect(danAgain.socket.all('error')).toEqual([]);
    after.clock.advance(251);
    expect(danAgain.socket.all('error')).toMatchObject([{ code: 'knock_refused' }]);
  });

  it('[KN4] is told that nobody answered after 10 minutes, and may knock again at once', () => {
    const on = stage();
    const ann = host(on);
    const cat = on.connect('cat');
    knock(on, cat);
    on.clock.advance(KNOCK_MS - 1);
    expect(cat.socket.all('error')).toEqual([]);
    on.clock.advance(250);
    expect(cat.socket.all('error')).toEqual([
      { code: 'knock_refused', message: expect.stringContaining('nobody answered') },
    ]);
    expect(told(ann)).toEqual([]);
    knock(on, cat);
  });

  it('[KN4] is one of at most 30 from a network address, and of 100', () => {
    const on = stage();
    const wait = (name: string, address: string) => knock(on, on.connect(name), { address });
    for (let n = 0; n < KNOCKS_PER_NETWORK; n += 1) wait(`a${n}`, '192.0.2.1');
    const rateLimited = expect.objectContaining({
      code: 'rate_limited',
      retryAfterMs: expect.any(Number),
    });
    expect(() => wait('31st', '192.0.2.1')).toThrow(rateLimited);
    for (let n = KNOCKS_PER_NETWORK; n < KNOCKS_PER_ROOM; n += 1) wait(`b${n}`, `198.51.100.${n}`);
    expect(() => wait('101st', '203.0.113.1')).toThrow(rateLimited);
    knock(on, on.connect('elsewhere'), { id: OTHER_ROOM });
  });

  it('[KN4] counts an IPv6 network as one address', () => {
    const on = stage();
    for (let n = 0; n < KNOCKS_PER_NETWORK; n += 1) {
      knock(on, on.connect(`a${n}`), { address: `2001:db8::${n + 1}` });
    }
    expect(() => knock(on, on.connect('31st'), { address: '2001:db8::ffff' })).toThrow();
    knock(on, on.connect('neighbour'), { address: '2001:db8:0:1::1' });
  });

  it('[KN4] has one knock: another tab that is live waits in vain, a lost one is taken over', () => {
    const on = stage();
    const ann = host(on);
    const [first, second] = [on.connect('cat'), on.connect('cat')];
    const knockId = knock(on, first);
    expect(knock(on, first)).toBe(knockId);
    expect(() => knock(on, second)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    knock(on, on.connect('dan'));
    on.hub.suspend(first.session, first.socket);
    expect(knock(on, second)).toBe(knockId);
    expect(first.session.isOver).toBe(true);
    expect(told(ann)).toEqual(['cat', 'dan']);
    letIn(on, knockId);
    expect(second.socket.all('room:joined')).toHaveLength(1);
  });

  it('[KN5] waits no longer once it leaves, joins elsewhere or ends', () => {
    const on = stage();
    const ann = host(on);
    const cat = on.connect('cat');
    knock(on, cat);
    on.hub.leave(cat.session);
    expect(told(ann)).toEqual([]);
    knock(on, cat);
    expect(told(ann)).toEqual(['cat']);
    knock(on, cat, { id: OTHER_ROOM });
    expect(told(ann)).toEqual([]);
    knock(on, cat);
    on.hub.enter(cat.session, { room: room(OTHER_ROOM) });
    expect(told(ann)).toEqual([]);
    const dan = on.connect('dan');
    knock(on, dan);
    on.hub.bye(dan.session);
    expect(told(ann)).toEqual([]);
    expect(cat.socket.all('error')).toEqual([]);
    expect(() => on.hub.leave(dan.session)).toThrow(expect.objectContaining({ code: 'not_in_room' }));
  });

  it('[KN5] hears why, when the room is gone', () => {
    const on = stage();
    const cat = on.connect('cat');
    knock(on, cat);
    overHttp(on, 'dan');
    on.hub.knocks.endAll(ROOM, noSuchRoom());
    expect(cat.socket.all('error')).toMatchObject([{ code: 'room_not_found' }]);
    expect(on.hub.knocks.lineOf(ROOM)).toEqual([]);
  });
});

describe('a knock over HTTP', () => {
  it('[KN3][SE8] keeps its place in the line across a restart', () => {
    const before = stage();
    const ann = host(before);
    const knockId = overHttp(before, 'cat');
    before.clock.advance(1_000);
    knock(before, before.connect('dan'));
    ann.socket.flush();
    const after = restarted(before);
    expect(after.hub.knocks.itemsOf(ROOM).map(({ userId }) => userId)).toEqual(['cat', 'dan']);
    const cat = after.connect('cat');
    expect(knock(after, cat)).toBe(knockId);
    letIn(after, knockId);
    expect(cat.socket.all('room:joined')).toHaveLength(1);
  });

  it('[KN3] goes on in the same place with the session of its user', () => {
    const on = stage();
    const ann = host(on);
    const knockId = overHttp(on, 'cat');
    knock(on, on.connect('dan'));
    expect(overHttp(on, 'cat')).toBe(knockId);
    const cat = on.connect('cat');
    expect(knock(on, cat)).toBe(knockId);
    expect(overHttp(on, 'cat')).toBe(knockId);
    expect(told(ann)).toEqual(['cat', 'dan']);
    letIn(on, knockId);
    expect(cat.socket.all('room:joined')).toHaveLength(1);
  });

  it('[KN5] ends with the login of its user, or when the user comes in', () => {
    const on = stage();
    const ann = host(on);
    for (const end of [
      () => on.hub.endLogin('login-cat', identity('cat', on.clock).userId),
      () => on.hub.endUser(identity('cat', on.clock).userId),
      () => on.inside('cat'),
    ]) {
      overHttp(on, 'cat');
      on.hub.endLogin('another login', identity('cat', on.clock).userId);
      expect(told(ann)).toEqual(['cat']);
      end();
      expect(told(ann)).toEqual([]);
    }
  });
});

describe('[TK4] a token for one room', () => {
  it('takes over no session that waits for another room, and resumes none', () => {
    const on = stage();
    const cat = on.connect('cat');
    knock(on, cat);
    const claim = { id: OTHER_ROOM, admin: false, name: null, send: null, skipKnock: false, issuedAt: null };
    expect(() => on.hub.renew(cat.session, identity('cat', on.clock, { room: claim }))).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });
});
