import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Welcome } from '../../../src/protocol/events.ts';
import { isReadable, SNAPSHOT_VERSION } from '../../../src/signaling/hub.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeSocket } from '../../support/fakes/fake-socket.ts';
import { identity, stage } from '../../support/server/hub.ts';

const Client = v.object({
  userId: v.string(),
  peerId: v.string(),
  resumeToken: v.string(),
  lastSeq: v.number(),
  lastId: v.number(),
});
const Fixture = v.object({
  schemaVersion: v.number(),
  savedAt: v.number(),
  roomId: v.string(),
  people: v.object({ ann: Client, ben: Client, cem: Client, dan: Client, eve: Client }),
  rows: v.array(v.string()),
});

/**
 * Saved by the build before this one: Ann, Ben and Eve in a room, Eve by a token for that room only. Ben had sent Ann an
 * offer; after her connection was lost, a candidate and a `typing`. Cem rings Dan.
 */
const before = v.parse(
  v.pipe(v.string(), v.parseJson(), Fixture),
  readFileSync(join(import.meta.dirname, 'fixtures/snapshot-v2.json'), 'utf8'),
);

/** A process of this build, started five seconds later. */
function restarted() {
  const on = stage({ clock: new FakeClock(before.savedAt + 5_000) });
  const restored = on.hub.restore(before);
  function resume(name: keyof typeof before.people) {
    const { userId, resumeToken, lastSeq } = before.people[name];
    const socket = new FakeSocket();
    const session = on.hub.connect({
      identity: identity(userId, on.clock),
      socket,
      resume: { token: resumeToken, lastSeq },
    });
    return { session, socket, frames: socket.flush() };
  }
  return { on, restored, resume };
}

describe('a snapshot of the build before', () => {
  it('[SE8] is restored completely: sessions, room, order, media', () => {
    const { on, restored } = restarted();
    const { ann, ben, eve } = before.people;
    expect(restored).toBe(5);
    expect(on.hub.stats()).toMatchObject({ live: 0, suspended: 5, rooms: 1 });
    expect(on.hub.liveRooms.peersOf(before.roomId)).toMatchObject([
      { peerId: ann.peerId, displayName: 'ann', userInfo: { seat: 'A1' }, media: { audio: true } },
      { peerId: ben.peerId, displayName: 'ben', userInfo: null },
      { peerId: eve.peerId, userId: 'eve-of-a-backend' },
    ]);
  });

  it('[SE3] resumes each session by its old token, with what was kept', () => {
    const { on, resume } = restarted();
    for (const name of ['ann', 'ben', 'cem', 'dan', 'eve'] as const) {
      const { peerId, lastId, lastSeq } = before.people[name];
      const { frames } = resume(name);
      expect(frames[0]).toMatchObject({ event: 'welcome', payload: { resumed: true, peerId, lastId } });
      const replayed = frames.slice(1).map(({ seq }) => seq);
      expect(replayed).toEqual(replayed.map((_, place) => lastSeq + 1 + place));
    }
    expect(on.hub.stats()).toMatchObject({ live: 5, suspended: 0, resumed: 5, resumesRefused: 0 });
  });

  it('[SE5] gives resumed sessions tokens of today, which resume them again', () => {
    const { on, resume } = restarted();
    const { session, socket, frames } = resume('ben');
    const { resumeToken: token } = v.parse(Welcome, frames[0]?.payload);
    expect(token).toMatch(/^1\.0\./);
    on.hub.suspend(session, socket);
    const again = new FakeSocket();
    const resumed = { token, lastSeq: socket.lastSeq };
    on.hub.connect({ identity: session.identity, socket: again, resume: resumed });
    expect(again.flush()[0]).toMatchObject({ payload: { resumed: true } });
  });

  it('is restored without the rows that are not of its version', () => {
    const on = stage({ clock: new FakeClock(before.savedAt) });
    const rows = ['null', '[]', '{"identity":null}', '{"identity":{"user":{}}}', ...before.rows];
    expect(on.hub.restore({ ...before, rows })).toBe(5);
    expect(stage().hub.restore({ ...before, schemaVersion: SNAPSHOT_VERSION })).toBe(0);
  });

  it('is restored if its version is neither too old nor newer than this build', () => {
    const versions = [1, 2, SNAPSHOT_VERSION, SNAPSHOT_VERSION + 1];
    expect(versions.map(isReadable)).toEqual([false, true, true, false]);
  });

  it('[SE3] replays to Ann what she missed, in order', () => {
    const { frames } = restarted().resume('ann');
    expect(frames.map(({ event }) => event)).toEqual([
      'welcome',
      'call:ice',
      'peer:typing',
      'server:draining',
      'peer:suspended',
      'peer:suspended',
    ]);
  });

  it('[CA5] still knows who has a call with whom', () => {
    const { on, resume } = restarted();
    const [ann, ben] = [resume('ann'), resume('ben')];
    on.hub.bye(ann.session);
    expect(ben.socket.all('call:hangup')).toMatchObject([{ from: before.people.ann.peerId }]);
  });

  it('[CA6] still knows whose call rings where', () => {
    const { on, resume } = restarted();
    const [cem, dan] = [resume('cem'), resume('dan')];
    on.hub.bye(cem.session);
    expect(dan.socket.all('call:hangup')).toMatchObject([
      { from: before.people.cem.peerId, reason: 'peer_left' },
    ]);
  });
});
