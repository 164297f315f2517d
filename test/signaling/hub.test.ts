import { describe, expect, it } from 'vitest';
import { lend } from '../../src/lib/borrowed.ts';
import { FakeSocket } from '../support/fakes/fake-socket.ts';
import { profile } from '../support/server/accounts.ts';
import { identity, OTHER_ROOM, placeOf, room, stage } from '../support/server/hub.ts';

describe('a session', () => {
  it('[SE1] begins with a welcome with number 1 that tells what the client needs', () => {
    const { connect } = stage();
    const ann = connect('ann');
    expect(ann.socket.frames[0]).toMatchObject({
      event: 'welcome',
      seq: 1,
      payload: {
        protocol: 1,
        peerId: ann.session.peerId,
        user: { id: 'ann' },
        resumed: false,
        lastId: 0,
        resumeWindowMs: 30_000,
        heartbeatMs: 25_000,
        limits: { messageBytes: 65_536, messagesPerSecond: 50, burst: 400 },
        serverTime: '2026-01-01T00:00:00.000Z',
      },
    });
    expect(ann.welcome.resumeToken).toMatch(/^1\.0\.[\w-]{79}$/);
  });

  it('[WS3] has its fields in the order event, seq, re, payload', () => {
    const { connect, hub } = stage();
    const ann = connect('ann');
    hub.enter(ann.session, { room: room(), re: 7 });
    expect(ann.socket.flush()).toHaveLength(1);
    expect(ann.socket.texts[1]).toMatch(/^\{"event":"room:joined","seq":2,"re":7,"payload":\{"room":/);
  });

  it('[SE2] is suspended when its socket is lost, and the others are told', () => {
    const { inside, hub } = stage();
    const [ann, ben] = [inside('ann'), inside('ben')];
    hub.suspend(ann.session, ann.socket);
    expect(ben.socket.all('peer:suspended')).toEqual([{ peerId: ann.session.peerId }]);
    expect(hub.stats()).toMatchObject({ live: 1, suspended: 1 });
  });

  it('[SE3] resumes after a lost socket: kept messages come in order, once, after a welcome without a number', () => {
    const { inside, hub, resume } = stage();
    const [ann, ben] = [inside('ann'), inside('ben')];
    ann.socket.flush();
    const { lastSeq } = ann.socket;
    hub.suspend(ann.session, ann.socket);
    for (const speaking of [true, false, true]) placeOf(ben).tellSpeaking(speaking);
    const again = resume(ann, 'ann', lastSeq);
    expect(again.session).toBe(ann.session);
    expect(again.welcome).toMatchObject({ resumed: true, peerId: ann.session.peerId });
    const frames = again.socket.frames;
    expect(frames[0]).not.toHaveProperty('seq');
    expect(frames.slice(1).map(({ seq, event }) => [seq, event])).toEqual(
      [1, 2, 3].map((more) => [lastSeq + more, 'peer:speaking']),
    );
    expect(ben.socket.all('peer:resumed')).toEqual([{ peerId: ann.session.peerId }]);
  });

  it('[SE4] is a new one when the window has passed, and the old peer has left', () => {
    const { inside, hub, resume, clock } = stage();
    const [ann, ben] = [inside('ann'), inside('ben')];
    hub.suspend(ann.session, ann.socket);
    clock.advance(29_999);
    expect(ben.socket.all('peer:left')).toEqual([]);
    clock.advance(500);
    expect(ben.socket.all('peer:left')).toEqual([{ peerId: ann.session.peerId, reason: 'timeout' }]);
    expect(resume(ann, 'ann').welcome).toMatchObject({ resumed: false, lastId: 0 });
  });

  it('[SE4] is a new one if a kept message was given up: never a silent hole', () => {
    const { inside, hub, resume } = stage({ limits: { keptMessages: 4 } });
    const [ann, ben] = [inside('ann'), inside('ben')];
    ann.socket.flush();
    hub.suspend(ann.session, ann.socket);
    for (let said = 0; said < 5; said += 1) placeOf(ben).tellTyping(true);
    const again = resume(ann, 'ann');
    expect(again.welcome.resumed).toBe(false);
    expect(again.session.peerId).not.toBe(ann.session.peerId);
    expect(ben.socket.all('peer:left')).toEqual([{ peerId: ann.session.peerId, reason: 'timeout' }]);
  });

  it.each([0, -1, 1.5, 99, Number.NaN])('[SE4] is a new one if %d was never sent', (lastSeq) => {
    const { inside, hub, resume } = stage();
    const ann = inside('ann');
    hub.suspend(ann.session, ann.socket);
    expect(resume(ann, 'ann', lastSeq).welcome.resumed).toBe(false);
  });

  it("[WS1] is a new one if the resume token is another user's, whose session stays", () => {
    const { connect, hub, resume } = stage();
    const ann = connect('ann');
    hub.suspend(ann.session, ann.socket);
    expect(resume(ann, 'eve').welcome).toMatchObject({ resumed: false, user: { id: 'eve' } });
    expect(resume(ann, 'ann').welcome.resumed).toBe(true);
  });

  it('[SE5] accepts the previous token until the first frame on the new socket', () => {
    const { connect, resume } = stage();
    const first = connect('ann');
    const second = resume(first, 'ann', 1);
    const third = resume(first, 'ann', 1);
    expect(third.welcome.resumed).toBe(true);
    third.session.receive(lend(Buffer.from('{"event":"session:ack","payload":{"seq":1}}')));
    expect(resume(first, 'ann', 1).welcome.resumed).toBe(false);
    expect(resume(second, 'ann', 1).welcome.resumed).toBe(false);
    expect(resume(third, 'ann', 1).welcome.resumed).toBe(true);
  });

  it('[SE5] closes the older of two sockets with 4006', () => {
    const { connect, resume, hub } = stage();
    const first = connect('ann');
    const second = resume(first, 'ann');
    expect(first.socket.closedWith).toBe(4006);
    hub.suspend(first.session, first.socket);
    expect(second.session.life.state).toBe('live');
  });

  it('[SE6] ends at once with session:bye', () => {
    const { inside, hub, resume } = stage();
    const [ann, ben] = [inside('ann'), inside('ben')];
    hub.bye(ann.session);
    expect(ann.socket.closedWith).toBe(1000);
    expect(ben.socket.all('peer:left')).toEqual([{ peerId: ann.session.peerId, reason: 'hangup' }]);
    expect(resume(ann, 'ann').welcome.resumed).toBe(false);
  });

  it('[SE6] is warned 60 s before its token expires, and closed with 4104 when it does', () => {
    const { connect, clock } = stage();
    const ann = connect('ann', { expiresAt: clock.now() + 100_000 });
    clock.advance(39_000);
    expect(ann.socket.all('session:expiring')).toEqual([]);
    clock.advance(2_000);
    expect(ann.socket.all('session:expiring')).toEqual([{ atMs: ann.session.identity.expiresAt }]);
    clock.advance(59_500);
    expect(ann.socket.closedWith).toBe(4104);
    expect(ann.session.life.state).toBe('suspended');
    expect(ann.socket.all('session:expiring')).toHaveLength(1);
  });

  it('[SE6] is warned at once if less than 60 s are left, and goes on with a fresh token', () => {
    const { connect, clock, hub } = stage();
    const ann = connect('ann', { expiresAt: clock.now() + 5_000 });
    expect(ann.socket.all('session:expiring')).toHaveLength(1);
    hub.renew(ann.session, identity('ann', clock));
    clock.advance(10_000);
    expect(ann.socket.closedWith).toBeUndefined();
    expect(() => hub.renew(ann.session, identity('eve', clock))).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });

  it('ends with 4001 when its login ends', () => {
    const { connect, hub } = stage();
    const [ann, ben] = [connect('ann'), connect('ben')];
    hub.endLogin('login-ann', ann.session.userId);
    expect([ann.socket.closedWith, ben.socket.closedWith]).toEqual([4001, undefined]);
  });

  it('[TK1] has the stored kind, role and profile of its user from the moment they change', () => {
    const { connect, resume, hub } = stage();
    const [ann, away, ben] = [connect('ann'), connect('ann'), connect('ben', { role: 'service' })];
    hub.suspend(away.session, away.socket);
    const named = profile(ann.session.userId, { kind: 'registered', displayName: 'Ann' });
    hub.updateUser(ann.session.userId, { profile: named, role: 'admin' });
    for (const { session } of [ann, away]) {
      expect(session.identity).toMatchObject({ userId: 'ann', kind: 'registered', role: 'admin' });
      expect(session.profile).toBe(named);
    }
    expect(ben.session.identity).toMatchObject({ kind: 'guest', role: 'service' });
    hub.updateUser(ben.session.userId, { profile: profile(ben.session.userId), role: null });
    expect(ben.session.identity.role).toBe('service');
    expect(resume(away, 'ann').welcome).toMatchObject({ resumed: true, peerId: away.session.peerId });
    expect(hub.users()).toEqual(new Set(['ann', 'ben']));
  });

  it('ends with 4001 when its user is gone: others see it leave', () => {
    const { inside, connect, hub } = stage();
    const [ann, ben, away] = [inside('ann'), inside('ben'), connect('ann')];
    hub.suspend(away.session, away.socket);
    hub.endUser(ann.session.userId);
    expect(ann.socket.closedWith).toBe(4001);
    expect(away.session.isOver).toBe(true);
    const left = { peerId: ann.session.peerId, reason: 'left' };
    expect(ben.socket.all('peer:left')).toEqual([left]);
  });

  it('closes with 4101 if too much is unread, and loses nothing', () => {
    const { inside, resume } = stage({ limits: { backpressureBytes: 300 } });
    const [ann, ben] = [inside('ann'), inside('ben')];
    ann.socket.flush();
    const { lastSeq } = ann.socket;
    ann.socket.stalled = true;
    for (let said = 0; said < 6; said += 1) placeOf(ben).tellTyping(true);
    expect(ann.socket.closedWith).toBe(4101);
    const again = resume(ann, 'ann', lastSeq);
    expect(again.socket.all('peer:typing')).toHaveLength(6);
  });

  it('is one of at most SESSIONS_PER_USER live ones; suspended ones don’t count', () => {
    const { connect, hub, resume } = stage({ limits: { sessionsPerUser: 2 } });
    const [first, second] = [connect('ann'), connect('ann')];
    expect(() => connect('ann')).toThrow(expect.objectContaining({ code: 'too_many_sessions' }));
    expect(resume(second, 'ann').welcome.resumed).toBe(true);
    hub.suspend(first.session, first.socket);
    connect('ann');
    expect(() => resume(first, 'ann')).toThrow(expect.objectContaining({ code: 'too_many_sessions' }));
  });

  it('[SE3] is resumed by its valid token, however many bad ones others have tried', () => {
    const { connect, hub, resume } = stage({ limits: { sessionsPerUser: 1_000 } });
    const ann = connect('ann');
    for (let tries = 0; tries < 200; tries += 1) {
      const eve = connect('eve');
      hub.bye(eve.session);
      expect(resume(eve, 'eve').welcome.resumed).toBe(false);
    }
    expect(hub.stats()).toMatchObject({ resumed: 0, resumesRefused: 200 });
    expect(resume(ann, 'ann').welcome).toMatchObject({ resumed: true, peerId: ann.session.peerId });
  });

  it('[SE2] whose connection takes less than the replay is suspended again, and ends with its window', () => {
    const { inside, hub, clock } = stage({ limits: { backpressureBytes: 200, resumeWindowMs: 1_000 } });
    const [ann, ben] = [inside('ann'), inside('ben')];
    hub.suspend(ben.session, ben.socket);
    for (let on = 0; on < 10; on++) placeOf(ann).tellSpeaking(on % 2 === 0);
    const socket = new FakeSocket();
    socket.stalled = true;
    const resume = { token: ben.welcome.resumeToken, lastSeq: ben.socket.lastSeq };
    hub.connect({ identity: identity('ben', clock), socket, resume });
    expect(socket.closedWith).toBe(4101);
    expect(ben.session.life.state).toBe('suspended');
    expect(hub.stats()).toMatchObject({ live: 1, suspended: 1 });
    clock.advance(1_500);
    expect(ann.socket.all('peer:left')).toEqual([{ peerId: ben.session.peerId, reason: 'timeout' }]);
    expect(hub.stats()).toMatchObject({ live: 1, suspended: 0 });
  });
});

describe('a room', () => {
  it('[RM1][RM2] tells a newcomer who is inside, and toward whom it is polite', () => {
    const { inside } = stage();
    const [ann, ben] = [inside('ann'), inside('ben')];
    expect(ben.socket.all('room:joined')).toEqual([
      expect.objectContaining({
        peerId: ben.session.peerId,
        room: expect.objectContaining({ participants: 2 }),
        peers: [expect.objectContaining({ peerId: ann.session.peerId, polite: true, state: 'live' })],
        iceServers: [{ urls: 'stun:stun.test' }],
      }),
    ]);
    expect(ann.socket.all('peer:joined')).toEqual([
      { peer: expect.objectContaining({ peerId: ben.session.peerId, polite: false }) },
    ]);
  });

  it('[RM1] refuses one more than its capacity, at the moment of entry', () => {
    const { connect, hub } = stage();
    for (const name of ['ann', 'ben']) hub.enter(connect(name).session, { room: room(undefined, 2) });
    const cat = connect('cat');
    expect(() => hub.enter(cat.session, { room: room(undefined, 2) })).toThrow(
      expect.objectContaining({ code: 'room_full' }),
    );
    expect(cat.session.participant).toBeUndefined();
  });

  it('[RM3] tells the others who left, and publishes that it is empty', () => {
    const { inside, hub, events } = stage();
    const [ann, ben] = [inside('ann'), inside('ben')];
    hub.leave(ann.session);
    expect(ben.socket.all('peer:left')).toEqual([{ peerId: ann.session.peerId, reason: 'left' }]);
    expect(() => hub.leave(ann.session)).toThrow(expect.objectContaining({ code: 'not_in_room' }));
    hub.bye(ben.session);
    expect(events.map((event) => event.split(' ')[0])).toEqual(['left', 'left', 'emptied']);
  });

  it('[RM4] tells nobody outside of it', () => {
    const { inside, hub, connect } = stage();
    const [ann, , zoe, out] = [inside('ann'), inside('ben'), inside('zoe', OTHER_ROOM), connect('out')];
    placeOf(ann).setMedia({ audio: true, video: true, screen: false });
    placeOf(ann).tellSpeaking(true);
    hub.bye(ann.session);
    expect(zoe.socket.frames.map(({ event }) => event)).toEqual(['welcome', 'room:joined']);
    expect(out.socket.frames.map(({ event }) => event)).toEqual(['welcome']);
  });

  it('sends new TURN credentials before the old ones expire', () => {
    const base = stage();
    const { clock } = base;
    const { inside } = stage({
      clock,
      iceServers: () => ({ iceServers: [{ urls: 'turn:t' }], expiresAt: clock.now() + 600_000 }),
    });
    const ann = inside('ann');
    clock.advance(539_000);
    expect(ann.socket.all('ice:servers')).toEqual([]);
    clock.advance(2_000);
    expect(ann.socket.all('ice:servers')).toEqual([
      { iceServers: [{ urls: 'turn:t' }], expiresAt: '2026-01-01T00:19:00.000Z' },
    ]);
  });
});
