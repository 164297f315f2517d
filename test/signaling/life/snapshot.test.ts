import { describe, expect, it } from 'vitest';
import { RESTART_GRACE_MS, returnPause, SLICE_CHARACTERS } from '../../../src/signaling/life/restart.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { type Person, placeOf, ROOM, type Stage, say, snapshotOf, stage } from '../../support/server/hub.ts';

/** Ends the process, and starts another one `downMs` later. */
function restart(before: Stage, downMs: number, limits = {}): { after: Stage; restored: number } {
  const savedAt = before.clock.now();
  before.hub.drain();
  const rows = [...before.hub.slices()].flat();
  before.hub.close();
  const after = stage({ clock: new FakeClock(savedAt + downMs), limits });
  return { after, restored: after.hub.restore(snapshotOf(rows, savedAt)) };
}

describe('a restart', () => {
  it('[SE8] tells everybody to come back when the next process listens, and closes with 4100', () => {
    const on = stage();
    const people = ['ann', 'ben', 'cat', 'dan', 'eve'].map((name) => on.connect(name));
    on.hub.drain(700);
    expect(people.map(({ socket }) => socket.all('server:draining'))).toEqual(
      [700, 700, 700, 700, 701].map((reconnectAfterMs) => [{ reconnectAfterMs }]),
    );
    expect(() => on.connect('fay')).toThrow(expect.objectContaining({ code: 'unavailable' }));
    [...on.hub.slices()].flat();
    expect(people.map(({ socket }) => socket.closedWith)).toEqual([4100, 4100, 4100, 4100, 4100]);
  });

  it.each([
    [1, 0],
    [650, 100],
    [10_000, 1_538],
    [32_500, 5_000],
    [1_000_000, 5_000],
  ])('[SE8] spreads the returns of %i sessions over %i ms, after the restart', (sessions, spreadMs) => {
    const pauses = [0, sessions / 2, sessions].map((index) => returnPause(index, sessions, 2_000));
    expect(pauses).toEqual([2_000, Math.round(2_000 + spreadMs / 2), 2_000 + spreadMs]);
  });

  it('[SE8][RM2] is a resume: places, order, media, kept messages, numbers and last ids come back', () => {
    const before = stage();
    const [ann, ben] = [before.inside('ann'), before.inside('ben')];
    placeOf(ann).setMedia({ audio: true, video: false, screen: false });
    ann.session.markProcessed(7);
    for (const { socket } of [ann, ben]) socket.flush();
    before.hub.suspend(ann.session, ann.socket);
    placeOf(ben).tellTyping(true);
    const { after, restored } = restart(before, 5_000);
    expect(restored).toBe(2);
    expect(after.hub.stats()).toMatchObject({ live: 0, suspended: 2, rooms: 1 });
    expect(after.events).toEqual([]);
    const annAgain = after.resume(ann, 'ann');
    const benAgain = after.resume(ben, 'ben');
    expect(annAgain.welcome).toMatchObject({ resumed: true, lastId: 7, peerId: ann.session.peerId });
    expect(benAgain.welcome).toMatchObject({ resumed: true, peerId: ben.session.peerId });
    const seqs = annAgain.socket.frames.flatMap(({ seq }) => seq ?? []);
    expect(seqs).toEqual(seqs.map((_, place) => ann.socket.lastSeq + 1 + place));
    expect(annAgain.socket.all('peer:typing')).toHaveLength(1);
    const cat = after.inside('cat');
    expect(cat.socket.all('room:joined')).toMatchObject([
      {
        peers: [
          { peerId: ann.session.peerId, media: { audio: true }, polite: true },
          { peerId: ben.session.peerId, polite: true },
        ],
      },
    ]);
  });

  it('[SE8] keeps calls and the calls that ring', () => {
    const before = stage();
    const [ann, ben, cat] = [before.connect('ann'), before.connect('ben'), before.connect('cat')];
    say(before, ann, 'call:offer', { userId: 'ben', sdp: 'x' });
    say(before, ben, 'call:answer', { sdp: 'x' });
    say(before, cat, 'call:offer', { userId: 'ann', sdp: 'x' });
    for (const { socket } of [ann, ben, cat]) socket.flush();
    const { after } = restart(before, 0);
    const [a, b, c] = [after.resume(ann, 'ann'), after.resume(ben, 'ben'), after.resume(cat, 'cat')];
    say(after, b, 'call:ice', { candidate: 'b' });
    say(after, c, 'call:ice', { candidate: 'c' });
    say(after, a, 'call:answer', { sdp: 'x' });
    expect(a.socket.all('call:ice')).toMatchObject([{ fromUserId: 'ben' }, { fromUserId: 'cat' }]);
    expect(c.socket.all('call:answer')).toMatchObject([{ fromUserId: 'ann' }]);
    after.hub.bye(b.session);
    expect(a.socket.all('call:hangup')).toMatchObject([{ fromUserId: 'ben', reason: 'peer_left' }]);
  });

  it('[SE8] stops the clock of resume windows while the server is down, for up to two minutes', () => {
    for (const { downMs, resumed } of [
      { downMs: RESTART_GRACE_MS, resumed: true },
      { downMs: RESTART_GRACE_MS + 9_000, resumed: true },
      { downMs: RESTART_GRACE_MS + 11_000, resumed: false },
    ]) {
      const before = stage();
      const ann = before.connect('ann');
      ann.socket.flush();
      before.hub.suspend(ann.session, ann.socket);
      before.clock.advance(20_000);
      const { after } = restart(before, downMs);
      after.clock.advance(500);
      expect(after.resume(ann, 'ann').welcome.resumed).toBe(resumed);
    }
  });

  it('lets the windows end in their order afterwards', () => {
    const before = stage();
    const [late, early] = [before.connect('late'), before.connect('early')];
    before.hub.suspend(early.session, early.socket);
    before.clock.advance(20_000);
    before.hub.suspend(late.session, late.socket);
    const { after } = restart(before, 0);
    after.clock.advance(10_500);
    expect(after.hub.stats()).toMatchObject({ suspended: 1 });
    after.clock.advance(20_000);
    expect(after.hub.stats()).toMatchObject({ suspended: 0 });
  });

  it('leaves out rows that it can’t read, and restores the others', () => {
    const before = stage();
    const ann = before.connect('ann');
    ann.socket.flush();
    const rows = [...before.hub.slices()].flat();
    const after = stage();
    expect(
      after.hub.restore(snapshotOf(['no JSON', '{}', ...rows, '{"peerId":"__proto__"}'], before.clock.now())),
    ).toBe(1);
    expect(after.resume(ann, 'ann').welcome.resumed).toBe(true);
  });

  it('puts no resume token into the snapshot', () => {
    const before = stage();
    const ann = before.connect('ann');
    expect([...before.hub.slices()].flat().join()).not.toContain(ann.welcome.resumeToken);
  });
});

describe('saving sessions', () => {
  /** Adds suspended people. @param bytes bytes kept for each of them */
  function lost(on: Stage, bytes: readonly number[]): Person[] {
    return bytes.map((size, index) => {
      const person = on.connect(`user-${index}`);
      person.socket.flush();
      on.hub.suspend(person.session, person.socket);
      for (let left = size; left > 0; left -= 50_000)
        person.session.sendText('pong', JSON.stringify('x'.repeat(Math.min(left, 50_000))));
      return person;
    });
  }

  it('[SE8] goes in slices, sessions with the fewest kept bytes first', () => {
    const before = stage();
    const sizes = Array.from({ length: 60 }, (_, index) => ((index * 37) % 60) * 4_000);
    const people = lost(before, sizes);
    const savedAt = before.clock.now();
    const slices = [...before.hub.slices()];
    const rows = slices.flat();
    const longest = Math.max(...rows.map((row) => row.length));
    expect(rows).toHaveLength(60);
    expect(slices.length).toBeGreaterThan(5);
    for (const slice of slices) expect(slice.join('').length).toBeLessThanOrEqual(SLICE_CHARACTERS + longest);
    const lengths = rows.map((row) => Math.round(row.length / 4_000));
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    // Small sessions come first, so half of the slices restore more than half of the people.
    const half = slices.slice(0, Math.ceil(slices.length / 2)).flat();
    const after = stage({ clock: new FakeClock(savedAt) });
    expect(after.hub.restore(snapshotOf(half, savedAt))).toBe(half.length);
    expect(half.length).toBeGreaterThan(30);
    const smallest = people[sizes.indexOf(0)] as Person;
    expect(after.resume(smallest, smallest.session.userId).welcome.resumed).toBe(true);
  });

  it('[SE8] goes in slices by time too, because many small sessions take as long as a few large ones', () => {
    const clock = new FakeClock();
    const before = stage({ clock });
    lost(
      before,
      Array.from({ length: 30 }, () => 10),
    );
    const monotonic = clock.monotonic.bind(clock);
    let asked = 0;
    // Each reading of the clock takes a millisecond.
    clock.monotonic = () => monotonic() + asked++;
    const slices = [...before.hub.slices()];
    expect(slices.flat()).toHaveLength(30);
    expect(slices.length).toBeGreaterThan(1);
  });

  it('[SE8] includes what happens to sessions between two slices', () => {
    const before = stage();
    const [ann, ben] = [before.inside('ann'), before.inside('ben')];
    lost(
      before,
      Array.from({ length: 20 }, () => 200_000),
    );
    for (const { socket } of [ann, ben]) socket.flush();
    const savedAt = before.clock.now();
    const rows: string[] = [];
    for (const slice of before.hub.slices()) {
      rows.push(...slice);
      // Ann logs out elsewhere, long after she and Ben were saved.
      if (rows.length === 20) before.hub.endLogin('login-ann', ann.session.userId);
    }
    expect(ann.session.isOver).toBe(true);
    const after = stage({ clock: new FakeClock(savedAt) });
    after.hub.restore(snapshotOf(rows, savedAt));
    after.clock.advance(500);
    expect(after.resume(ann, 'ann').welcome.resumed).toBe(false);
    const again = after.resume(ben, 'ben');
    expect(again.welcome.resumed).toBe(true);
    expect(again.socket.all('peer:left')).toMatchObject([{ peerId: ann.session.peerId }]);
    expect(after.hub.liveRooms.countIn(ROOM)).toBe(1);
  });
});
