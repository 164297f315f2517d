import { describe, expect, it } from 'vitest';
import { LIMIT_DEFAULTS } from '../../../src/protocol/limits.ts';
import { SUSPENDED_TIMES } from '../../../src/signaling/life/lifecycle.ts';
import { SUSPENDED_BYTES } from '../../../src/signaling/session/away.ts';
import { memoryInUse } from '../../support/memory.ts';
import { type Person, placeOf, room, type Stage, stage } from '../../support/server/hub.ts';

/** Connects `count` users and loses their connections. */
function lostPeople(on: Stage, count: number, from = 0): Person[] {
  return Array.from({ length: count }, (_, index) => {
    const person = on.connect(`user-${from + index}`);
    person.socket.flush();
    on.hub.suspend(person.session, person.socket);
    return person;
  });
}

function keptBytes(people: readonly Person[]): number {
  return people.reduce((sum, { session }) => sum + session.outbox.keptBytes, 0);
}

/** JSON of this many bytes. */
function body(bytes: number): string {
  return JSON.stringify('x'.repeat(bytes - 2));
}

describe('suspended sessions', () => {
  it('[SE2] of a user are twice SESSIONS_PER_USER at most: the oldest ends', () => {
    const on = stage({ limits: { sessionsPerUser: 3 } });
    const most = SUSPENDED_TIMES * 3;
    const lost: Person[] = [];
    for (let round = 1; round <= 100; round += 1) {
      const ann = on.connect('ann');
      ann.socket.flush();
      on.hub.suspend(ann.session, ann.socket);
      lost.push(ann);
      expect(on.hub.stats()).toMatchObject({ live: 0, suspended: Math.min(round, most) });
    }
    expect(lost.map(({ session }) => session.life.state)).toEqual([
      ...Array.from({ length: 100 - most }, () => 'ended'),
      ...Array.from({ length: most }, () => 'suspended'),
    ]);
    // Another user's suspended sessions don't count.
    const [ben] = lostPeople(on, 1);
    expect(on.hub.stats().suspended).toBe(most + 1);
    for (const one of [ben, ...lost.slice(-2)]) {
      const again = one && on.resume(one, one.session.userId);
      expect(again?.welcome.resumed).toBe(true);
    }
    on.hub.close();
  });

  it('[SE2] that end to make room leave their rooms, and others hear of it', () => {
    const on = stage({ limits: { sessionsPerUser: 1 } });
    const ben = on.inside('ben');
    const ann = on.inside('ann');
    on.hub.suspend(ann.session, ann.socket);
    for (let more = 0; more < SUSPENDED_TIMES; more += 1) {
      const tab = on.connect('ann');
      on.hub.suspend(tab.session, tab.socket);
    }
    expect(ben.socket.all('peer:left')).toEqual([{ peerId: ann.session.peerId, reason: 'timeout' }]);
    expect(on.hub.liveRooms.countIn(ben.session.participant?.room.roomId ?? '')).toBe(1);
    on.hub.close();
  });

  it('[SE2] do not count against the live ones, which are counted without looking at each', () => {
    const on = stage({ limits: { sessionsPerUser: 2 } });
    const tabs = [on.connect('ann'), on.connect('ann')] as const;
    expect(() => on.connect('ann')).toThrow(expect.objectContaining({ code: 'too_many_sessions' }));
    on.hub.suspend(tabs[0].session, tabs[0].socket);
    on.connect('ann');
    expect(() => on.resume(tabs[0], 'ann')).toThrow(expect.objectContaining({ code: 'too_many_sessions' }));
    // Resuming a live session takes no second place.
    expect(on.resume(tabs[1], 'ann').welcome.resumed).toBe(true);
    on.hub.bye(tabs[1].session);
    expect(on.resume(tabs[0], 'ann').welcome.resumed).toBe(true);
    on.hub.close();
  });

  it('[SE2][SE4] keep so many bytes in all and no more: the largest are given up, and none has a hole', () => {
    const on = stage();
    const [modest] = lostPeople(on, 1, 10_000);
    const greedy = lostPeople(on, 700);
    modest?.session.sendText('pong', body(1_000));
    const large = body(200_000);
    for (const [index, { session }] of greedy.entries()) {
      session.sendText('pong', large);
      if (index % 2 === 0) session.sendText('pong', body(1_000));
      expect(keptBytes(greedy)).toBeLessThanOrEqual(SUSPENDED_BYTES);
    }
    const given = greedy.filter(({ session }) => session.outbox.keptBytes === 0);
    expect(given.length).toBeGreaterThan(20);
    // Later messages for them are not kept either, because they can't resume.
    for (const { session } of given.slice(0, 5)) session.sendText('pong', large);
    expect(given[0]?.session.outbox.keptBytes).toBe(0);
    for (const person of [...given.slice(0, 3), ...given.slice(-3)]) {
      expect(on.resume(person, person.session.userId).welcome.resumed).toBe(false);
    }
    const whole = greedy.filter(({ session }) => session.outbox.keptBytes > 0).slice(0, 20);
    for (const person of modest === undefined ? whole : [modest, ...whole]) {
      const expected = person.session.outbox.lastSeq;
      const again = on.resume(person, person.session.userId);
      expect(again.welcome.resumed).toBe(true);
      expect(again.socket.frames.flatMap(({ seq }) => seq ?? []).at(-1)).toBe(expected);
    }
    on.hub.close();
  });

  it('[SE2] keep more in all where KEPT_BYTES allows each of them more', () => {
    const on = stage({ limits: { keptBytes: 67_108_864 } });
    const people = lostPeople(on, 4);
    const large = body(50_000_000);
    for (const { session } of people) session.sendText('pong', large);
    expect(keptBytes(people)).toBeGreaterThan(SUSPENDED_BYTES);
    on.hub.close();
  });

  it('keep a broadcast once, however many of them it is for', () => {
    const on = stage();
    const hall = room(undefined, 1_000);
    const speaker = on.connect('speaker');
    on.hub.enter(speaker.session, { room: hall });
    const people = Array.from({ length: 150 }, (_, index) => {
      const person = on.connect(`user-${index}`);
      on.hub.enter(person.session, { room: hall });
      return person;
    });
    for (const { session, socket } of people) {
      session.outbox.acknowledge(session.outbox.lastSeq);
      on.hub.suspend(session, socket);
    }
    const before = memoryInUse();
    for (let said = 0; said < 20; said += 1) {
      on.hub.leave(speaker.session);
      // `userInfo` makes this by far the longest message to a room.
      on.hub.enter(speaker.session, { room: hall, userInfo: `${said}`.padEnd(10_000, 'x') });
    }
    // Counted as if each session had its own copy: 150 times 200 KB.
    expect(keptBytes(people)).toBeGreaterThan(30_000_000);
    expect(memoryInUse() - before).toBeLessThan(15_000_000);
    on.hub.close();
  });

  it('keep what their room is told as one that reads would get it', () => {
    const on = stage({ limits: { keptMessages: LIMIT_DEFAULTS.keptMessages } });
    const [ann, ben, cat] = [on.inside('ann'), on.inside('ben'), on.inside('cat')];
    for (const { socket } of [ann, ben, cat]) socket.flush();
    on.hub.suspend(cat.session, cat.socket);
    const { lastSeq } = ben.socket;
    for (let said = 0; said < 20; said += 1) placeOf(ann).tellTyping(said % 2 === 0);
    const told = ben.socket.frames.filter(({ seq = 0 }) => seq > lastSeq);
    const again = on.resume(cat, 'cat');
    const kept = again.socket.frames.filter(({ event }) => event === 'peer:typing');
    expect(kept.map(({ payload }) => payload)).toEqual(
      told.filter(({ event }) => event === 'peer:typing').map(({ payload }) => payload),
    );
    on.hub.close();
  });
});
