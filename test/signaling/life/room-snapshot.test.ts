import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../../src/domain/ids.ts';
import { RESTART_GRACE_MS, SLICE_CHARACTERS } from '../../../src/signaling/life/restart.ts';
import { PLACE_MS } from '../../../src/signaling/live-rooms/held-places.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { identity, placeOf, ROOM, room, type Stage, snapshotOf, stage } from '../../support/server/hub.ts';

/** Ends the process, and starts another one `downMs` later. */
function restart(before: Stage, downMs = 0): Stage {
  const savedAt = before.clock.now();
  before.hub.drain();
  const rows = [...before.hub.slices()].flat();
  before.hub.close();
  return successor(rows, savedAt, downMs);
}

function successor(rows: readonly string[], savedAt: number, downMs = 0): Stage {
  const after = stage({ clock: new FakeClock(savedAt + downMs) });
  after.hub.restore(snapshotOf(rows, savedAt));
  return after;
}

const MAX_2 = room(ROOM, 2);
const hold = (on: Stage, name: string, userInfo?: unknown) =>
  on.hub.hold(identity(name, on.clock), { room: MAX_2, userInfo });

describe('a restart', () => {
  it('[SE8][RM9] keeps what a room shares, whatever its keys are', () => {
    const before = stage();
    const ann = before.inside('ann');
    const shared: [string, unknown][] = [
      ['__proto__', { polluted: true }],
      ['constructor', [1, null, '\u2028']],
      ['page', 7],
    ];
    for (const [key, value] of shared) placeOf(ann).share(key, value);
    const after = restart(before);
    const ben = after.inside('ben');
    const { data } = ben.socket.all('room:joined')[0] as { data: object };
    expect(Object.entries(data)).toEqual(shared);
    expect({}).not.toHaveProperty('polluted');
  });

  it('[SE8][CT1][CT3] keeps the offers that wait, and what backends said that expected users send', () => {
    const before = stage();
    const [ann, ben] = [before.inside('ann'), before.inside('ben')];
    const gone = before.inside('cem');
    const party = ({ userId, peerId }: { userId: string; peerId: PeerId | null }) => ({ userId, peerId });
    const held = before.hub.hold(identity('dora', before.clock), { room: room(ROOM, 8) });
    const dora = { userId: held.userId, peerId: null };
    const { offers, media } = before.hub.liveRooms.expected;
    for (const to of [party(ben.session), dora]) offers.add(ROOM, { from: party(ann.session), to });
    offers.add(ROOM, { from: party(gone.session), to: dora });
    media.change(ROOM, dora.userId, { video: true });
    before.hub.bye(gone.session);
    const { expected } = restart(before).hub.liveRooms;
    expect([...expected.offers.all()]).toEqual([
      [
        ROOM,
        [
          { from: party(ann.session), to: party(ben.session) },
          { from: party(ann.session), to: dora },
        ],
      ],
    ]);
    expect(expected.media.find(ROOM, dora.userId)).toEqual({ video: true });
  });

  it('[SE8][RM10][RM11] keeps hands, and the names that peers have told', () => {
    const before = stage();
    const ann = before.inside('ann');
    placeOf(ann).setHand(true, before.clock.now());
    placeOf(ann).update({ displayName: 'Anna', userInfo: { seat: 3 } });
    const raisedAt = new Date(before.clock.now()).toISOString();
    const ben = restart(before, 5_000).inside('ben');
    expect(ben.socket.all('room:joined')).toMatchObject([
      { peers: [{ displayName: 'Anna', userInfo: { seat: 3 }, hand: raisedAt }] },
    ]);
  });

  it('[SE8][RM8] keeps places, whose time stands still while the server is down', () => {
    for (const { downMs, isThere } of [
      { downMs: RESTART_GRACE_MS, isThere: true },
      { downMs: RESTART_GRACE_MS + PLACE_MS, isThere: false },
    ]) {
      const before = stage();
      before.inside('ann');
      hold(before, 'ben', { seat: 3 });
      before.clock.advance(PLACE_MS - 5_000);
      const after = restart(before, downMs);
      after.clock.advance(1_000);
      expect(after.hub.liveRooms.countIn(ROOM)).toBe(isThere ? 2 : 0);
      if (!isThere) continue;
      expect(() => hold(after, 'cem')).toThrow(expect.objectContaining({ code: 'room_full' }));
      const ben = after.connect('ben');
      after.hub.enter(ben.session, { room: MAX_2 });
      expect(placeOf(ben).userInfo).toEqual({ seat: 3 });
      expect(after.hub.liveRooms.countIn(ROOM)).toBe(2);
    }
  });

  it('[SE8][RM8] counts a place once that is a suspended session’s', () => {
    const before = stage();
    before.inside('ann');
    const ben = before.inside('ben');
    before.hub.suspend(ben.session, ben.socket);
    hold(before, 'ben');
    const after = restart(before);
    expect(after.hub.liveRooms.countIn(ROOM)).toBe(2);
    expect(after.resume(ben, 'ben').welcome.resumed).toBe(true);
    expect(after.hub.liveRooms.countIn(ROOM)).toBe(2);
    expect(() => hold(after, 'ben')).toThrow(expect.objectContaining({ code: 'room_full' }));
  });

  it('[SE8][RM8] forgets a place that was given up while the sessions were being saved', () => {
    const before = stage();
    for (const name of ['ann', 'dan', 'eve']) before.inside(name);
    // As large as a slice, so that the drain pauses behind it.
    const userInfo = 'x'.repeat(SLICE_CHARACTERS);
    before.hub.hold(identity('ben', before.clock), { room: room(), userInfo });
    before.hub.drain();
    const savedAt = before.clock.now();
    const rows: string[] = [];
    for (const slice of before.hub.slices()) {
      rows.push(...slice);
      before.hub.leaveRoom(identity('ben', before.clock).userId, ROOM);
    }
    expect(rows.filter((row) => row.includes('"places"'))).toHaveLength(2);
    expect(successor(rows, savedAt).hub.liveRooms.countIn(ROOM)).toBe(3);
  });
});
