import { describe, expect, it } from 'vitest';
import { createEvents } from '../../src/domain/events.ts';
import { createLog } from '../../src/lib/log.ts';
import { CLOSE } from '../../src/protocol/codes.ts';
import type { IceGrant } from '../../src/signaling/live-rooms/ice-renewal.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { placeOf, ROOM, room, snapshotOf, stage } from '../support/server/hub.ts';

const HOUR_MS = 3_600_000;

describe('an exception in another part', () => {
  it.each(['bye', 'kick', 'logout', 'window'] as const)('leaves no session half ended: %s', (how) => {
    const { log, errors } = recorded();
    const fail = () => {
      throw new Error('database is locked');
    };
    const events = createEvents({ log });
    events.subscribe('peer.left', fail);
    events.subscribe('room.emptied', fail);
    const on = stage({ log, events });
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    ann.socket.flush();
    if (how === 'bye') on.hub.bye(ben.session);
    else if (how === 'kick') on.hub.putOut(placeOf(ben), 'kicked');
    else if (how === 'logout') on.hub.endLogin('login-ben', ben.session.userId);
    else {
      on.hub.suspend(ben.session, ben.socket);
      on.clock.advance(31_000);
    }
    expect(ann.socket.all('peer:left')).toHaveLength(1);
    expect(on.hub.stats()).toMatchObject({ live: 1, suspended: 0, rooms: 1 });
    if (how !== 'window') expect(ben.socket.closedWith).toBeDefined();
    on.hub.bye(ann.session);
    expect(on.hub.stats()).toMatchObject({ live: 0, suspended: 0, rooms: 0 });
    expect(ann.socket.closedWith).toBe(CLOSE.normal);
    expect(errors()).toHaveLength(3);
    for (const line of errors()) expect(line).toContain('database is locked');
  });

  it('fails a join as a whole: nobody is inside, and the next join succeeds', () => {
    let failing = true;
    const iceServers = (): IceGrant => {
      if (failing) throw new RangeError('no credentials');
      return { iceServers: [], expiresAt: Number.POSITIVE_INFINITY };
    };
    const on = stage({ iceServers });
    const ann = on.connect('ann');
    expect(() => on.hub.enter(ann.session, { room: room() })).toThrow('no credentials');
    expect([ann.session.participant, on.hub.liveRooms.countIn(ROOM), on.hub.stats().rooms]).toEqual([
      undefined,
      0,
      0,
    ]);
    failing = false;
    on.hub.enter(ann.session, { room: room() });
    expect(on.hub.liveRooms.countIn(ROOM)).toBe(1);
  });
});

describe('a restart', () => {
  it('[SE8] saves all other sessions if one can’t be saved', () => {
    const { log, errors } = recorded();
    const on = stage({ log });
    const odd = on.connect('ann');
    on.hub.enter(odd.session, {
      room: room(),
      userInfo: {
        toJSON: () => {
          throw new RangeError('no text of this');
        },
      },
    });
    for (const name of ['ben', 'cem']) on.connect(name);
    const rows = [...on.hub.slices()].flat().map((row): { identity: { userId: string } } => JSON.parse(row));
    expect(rows.map(({ identity }) => identity.userId).sort()).toEqual(['ben', 'cem']);
    expect(errors()).toHaveLength(1);
  });

  it('[SE8] restores a session once if it was saved twice, and leaves no ghost', () => {
    const clock = new FakeClock();
    const before = stage({ clock });
    const [ann, ben] = [before.inside('ann'), before.inside('ben')];
    const rows = [...before.hub.slices()].flat();
    before.hub.close();
    const after = stage({ clock });
    expect(after.hub.restore(snapshotOf([...rows, ...rows.slice(0, 1)], clock.now()))).toBe(2);
    expect(after.hub.stats()).toMatchObject({ suspended: 2, rooms: 1 });
    for (const [person, name] of [
      [ann, 'ann'],
      [ben, 'ben'],
    ] as const)
      expect(after.resume(person, name).welcome.resumed).toBe(true);
    for (const { session } of [ann, ben]) after.hub.endLogin(`login-${session.userId}`, session.userId);
    expect(after.hub.stats()).toMatchObject({ live: 0, suspended: 0, rooms: 0 });
  });
});

describe('a sweep', () => {
  /** A server with a relay, and its next process, which has none. */
  function withoutRelay(next: (clock: FakeClock) => IceGrant) {
    const clock = new FakeClock();
    const before = stage({
      clock,
      iceServers: () => ({ iceServers: [{ urls: 'turn:old.test' }], expiresAt: clock.now() + HOUR_MS }),
    });
    const people = ['ann', 'ben'].map((name) => before.inside(name));
    const rows = [...before.hub.slices()].flat();
    before.hub.close();
    const { log, errors } = recorded();
    const after = stage({ clock, log, iceServers: () => next(clock) });
    after.hub.restore(snapshotOf(rows, clock.now()));
    const back = people.map((person, place) =>
      after.resume(person, ['ann', 'ben'][place] ?? '', person.socket.lastSeq),
    );
    return { clock, after, back, errors };
  }

  it('[SE6] renews ICE servers that never expire after a restart with TURN off, and closes at token expiry in time', () => {
    const { clock, back, errors } = withoutRelay(() => ({
      iceServers: [{ urls: 'stun:new.test' }],
      expiresAt: Number.POSITIVE_INFINITY,
    }));
    clock.advance(HOUR_MS - 30_000);
    for (const { socket } of back) {
      expect(socket.all('ice:servers')).toEqual([
        { iceServers: [{ urls: 'stun:new.test' }], expiresAt: '9999-12-31T23:59:59.000Z' },
      ]);
      expect(socket.all('session:expiring')).toHaveLength(1);
    }
    clock.advance(31_000);
    for (const { socket } of back) expect(socket.closedWith).toBe(CLOSE.tokenExpired);
    expect(errors()).toEqual([]);
  });

  it('[SE6] goes on if it fails for one session, tries again, and closes all sessions at token expiry in time', () => {
    const { clock, back, errors } = withoutRelay(() => {
      throw new Error('no credentials now');
    });
    clock.advance(HOUR_MS - 30_000);
    expect(errors().length).toBeGreaterThanOrEqual(2);
    // One try every ten seconds for each of the two sessions.
    expect(errors().length).toBeLessThanOrEqual(2 * 4);
    clock.advance(31_000);
    for (const { socket } of back) expect(socket.closedWith).toBe(CLOSE.tokenExpired);
  });

  it('[SE6] lets a client resume even if its renewal fails', () => {
    const clock = new FakeClock();
    let calls = 0;
    const on = stage({
      clock,
      iceServers: () => {
        calls += 1;
        if (calls > 1) throw new Error('no credentials now');
        return { iceServers: [], expiresAt: clock.now() + 1_000 };
      },
    });
    const ann = on.inside('ann');
    on.hub.suspend(ann.session, ann.socket);
    clock.advance(2_000);
    const back = on.resume(ann, 'ann');
    expect(back.welcome.resumed).toBe(true);
    expect(on.hub.stats()).toMatchObject({ live: 1, suspended: 0 });
  });

  it('[SE8] announces a drain to all others if one connection fails', () => {
    const on = stage();
    const [ann, ben, cem] = ['ann', 'ben', 'cem'].map((name) => on.connect(name));
    if (ben === undefined) throw new Error('nobody came');
    ben.socket.send = () => {
      throw new Error('the socket is gone');
    };
    on.hub.drain();
    for (const each of [ann, cem]) expect(each?.socket.all('server:draining')).toHaveLength(1);
  });
});

function recorded() {
  const lines: string[] = [];
  const log = createLog({ level: 'error', now: () => 0, write: (line) => lines.push(line) });
  return { log, errors: () => lines };
}
