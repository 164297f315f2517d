import { describe, expect, it } from 'vitest';
import { OTHER_ROOM, ROOM, room, say, stage } from '../support/server/hub.ts';

describe('a user who joins while an older session of theirs is suspended there', () => {
  it('[RM8] takes its place at once: the others are told of the old peer first, then of the new one', () => {
    const on = stage();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    on.hub.suspend(ann.session, ann.socket);
    ben.socket.flush();
    const back = on.inside('ann');
    expect(ben.socket.flush().map(({ event, payload }) => [event, payload])).toEqual([
      ['peer:left', { peerId: ann.session.peerId, reason: 'replaced' }],
      ['peer:joined', { peer: expect.objectContaining({ peerId: back.session.peerId, userId: 'ann' }) }],
    ]);
    expect(back.socket.all('room:joined')).toMatchObject([
      { room: { participants: 2 }, peers: [{ peerId: ben.session.peerId }] },
    ]);
    expect(back.socket.all('peer:left')).toEqual([]);
    expect(on.resume(ann, 'ann').welcome.resumed).toBe(false);
  });

  it('[RM8][CA5] ends the calls of the old peer', () => {
    const on = stage();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    say(on, ann, 'call:offer', { to: ben.session.peerId, sdp: 'v=0' });
    on.hub.suspend(ann.session, ann.socket);
    on.inside('ann');
    expect(ben.socket.all('call:hangup')).toMatchObject([{ from: ann.session.peerId, reason: 'peer_left' }]);
  });

  it.each([1, 2])('[RM8] joins a full room, and takes one place of %i that are away', (away) => {
    const on = stage();
    const people = ['ann', 'ann', 'ben'].map((name) => {
      const person = on.connect(name);
      on.hub.enter(person.session, { room: room(ROOM, 3) });
      return person;
    });
    for (const { session, socket } of people.slice(0, away)) on.hub.suspend(session, socket);
    const back = on.connect('ann');
    on.hub.enter(back.session, { room: room(ROOM, 3) });
    expect(on.hub.liveRooms.countIn(ROOM)).toBe(3);
    const stranger = on.connect('zoe');
    expect(() => on.hub.enter(stranger.session, { room: room(ROOM, 3) })).toThrow(
      expect.objectContaining({ code: 'room_full' }),
    );
    expect(on.hub.liveRooms.hasPlace(ROOM, 'ann')).toBe(away === 2);
  });

  it('[RM8][RM5] keeps the room, if the old peer was alone in it', () => {
    const on = stage();
    const ann = on.inside('ann');
    on.hub.suspend(ann.session, ann.socket);
    on.inside('ann');
    expect(on.events.filter((event) => event.startsWith('emptied'))).toEqual([]);
    expect(on.events).toEqual([`left ${ann.session.peerId}`]);
    expect([on.hub.liveRooms.countIn(ROOM), on.hub.stats().rooms]).toEqual([1, 1]);
  });

  it('[RM8] replaces no session that is live, in another room, or another user’s', () => {
    const on = stage();
    const [live, elsewhere, other] = [on.inside('ann'), on.inside('ann', OTHER_ROOM), on.inside('ben')];
    for (const { session, socket } of [elsewhere, other]) on.hub.suspend(session, socket);
    on.inside('ann');
    expect(on.hub.liveRooms.countIn(ROOM)).toBe(3);
    expect([live, elsewhere, other].map(({ session }) => session.isOver)).toEqual([false, false, false]);
    expect([on.hub.liveRooms.hasPlace(ROOM, 'ann'), on.hub.liveRooms.hasPlace(OTHER_ROOM, 'ann')]).toEqual([
      false,
      true,
    ]);
  });

  it('[RM8] replaces nobody if the join is refused', () => {
    const on = stage();
    const [first, second] = [on.inside('ann'), on.inside('ann')];
    on.hub.suspend(first.session, first.socket);
    expect(() => on.hub.enter(second.session, { room: room() })).toThrow(
      expect.objectContaining({ code: 'already_in_room' }),
    );
    expect(on.resume(first, 'ann').welcome.resumed).toBe(true);
  });
});
