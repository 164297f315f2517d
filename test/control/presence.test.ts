import { describe, expect, it } from 'vitest';
import { listPresence } from '../../src/control/presence.ts';
import { type Person, ROOM, type Stage, snapshotOf, stage } from '../support/server/hub.ts';

/** Reads the whole list, `limit` a page. @param between called after each page */
function readAll(on: Stage, limit: number, between: (page: number) => Stage = () => on): string[] {
  const found: string[] = [];
  let after: string | undefined;
  for (let page = 1; ; page += 1) {
    const { items, nextCursor } = listPresence(on.hub, { limit, after });
    expect(items.length).toBeLessThanOrEqual(limit);
    found.push(...items.map(({ peerId }) => peerId));
    if (nextCursor === null) return found;
    after = nextCursor;
    on = between(page);
  }
}
const idsOf = (people: readonly Person[]): string[] => people.map(({ session }) => session.peerId);

describe('presence', () => {
  it('[HT4] shows each who is there all the while exactly once, whoever comes and goes', () => {
    const on = stage();
    const stay: Person[] = [];
    const go: Person[] = [];
    for (let n = 0; n < 30; n += 1) {
      stay.push(on.connect(`stays-${n}`));
      go.push(on.connect(`goes-${n}`));
    }
    const found = readAll(on, 7, (page) => {
      for (const { session } of go.slice(4 * (page - 1), 4 * page)) on.hub.bye(session);
      if (page < 3) stay.push(on.connect(`new-${page}`));
      return on;
    });
    expect(found.filter((id) => idsOf(stay).includes(id))).toEqual(idsOf(stay));
    expect(new Set(found).size).toBe(found.length);
  });

  it('[HT4] [SE8] goes on over a restart where it was', () => {
    const before = stage();
    const people = Array.from({ length: 9 }, (_, n) =>
      n < 5 ? before.inside(`user-${n}`) : before.connect(`user-${n}`),
    );
    // Windows that end in another order than the sessions began.
    for (const { session, socket } of [...people].reverse()) {
      before.hub.suspend(session, socket);
      before.clock.advance(10);
    }
    const found = readAll(before, 5, () => {
      before.hub.drain();
      const rows = [...before.hub.slices()].flat();
      const after = stage({ clock: before.clock });
      after.hub.restore(snapshotOf(rows, before.clock.now()));
      after.connect('new');
      return after;
    });
    expect(found.slice(0, 9)).toEqual(idsOf(people));
    expect(found).toHaveLength(10);
  });

  it('says since when, which a resume leaves as it is', () => {
    const on = stage();
    const since = new Date(on.clock.now()).toISOString();
    const ann = on.inside('ann');
    on.clock.advance(5_000);
    on.hub.suspend(ann.session, ann.socket);
    const one = { roomId: ROOM, userId: 'ann', peerId: ann.session.peerId, since };
    expect(listPresence(on.hub, { limit: 50, after: undefined })).toEqual({ items: [one], nextCursor: null });
    on.resume(ann, 'ann');
    expect(listPresence(on.hub, { limit: 50, after: undefined }).items).toEqual([one]);
  });
});
