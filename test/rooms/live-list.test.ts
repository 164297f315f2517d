import { describe, expect, it } from 'vitest';
import type { RoomId } from '../../src/domain/ids.ts';
import { createLiveList, PEERS_PER_PAGE } from '../../src/rooms/live-list.ts';
import { room, type Stage, snapshotOf, stage } from '../support/server/hub.ts';

const idOf = (n: number): RoomId => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}` as RoomId;

/** Reads all pages. @param between called after each */
async function readAll(on: Stage, limit: number, between: (page: number) => Stage = () => on) {
  const pages: string[][] = [];
  let after: string | undefined;
  for (;;) {
    const { items, nextCursor } = await listOf(on).page({ limit, after });
    pages.push(items.map(({ room: { id } }) => id));
    if (nextCursor === null) return pages;
    after = nextCursor;
    on = between(pages.length);
  }
}

/** @param gone a room that the store has no more */
function listOf({ hub: { liveRooms } }: Stage, gone?: RoomId) {
  const find = (id: string) => (id === gone ? undefined : { ...room(id as RoomId), ...MORE });
  return createLiveList({ rooms: { find }, liveRooms });
}
const MORE = { ownerId: null };

describe('the list of live rooms', () => {
  it('[AD2] has at most 1,000 peers on a page', async () => {
    const on = stage();
    for (let n = 0; n < 25; n += 1) {
      for (let p = 0; p < 50; p += 1) {
        on.hub.enter(on.connect(`u-${n}-${p}`).session, { room: room(idOf(n), 50) });
      }
    }
    const pages = await readAll(on, 100);
    expect(pages.map(({ length }) => length)).toEqual([20, 5]);
    expect(PEERS_PER_PAGE).toBe(1_000);
  });

  it('[AD2] has each room in which somebody is all the while, whichever open and close', async () => {
    const on = stage();
    const people = Array.from({ length: 30 }, (_, n) => on.inside(`u-${n}`, idOf(n)));
    const pages = await readAll(on, 7, (page) => {
      for (const { session } of people.slice(3 * page, 3 * page + 2)) on.hub.bye(session);
      if (page < 3) on.inside(`new-${page}`, idOf(100 + page));
      return on;
    });
    const found = pages.flat();
    const stayed = people.flatMap(({ session }, n) => (session.isOver ? [] : idOf(n)));
    expect(stayed.length).toBeGreaterThan(15);
    expect(found.filter((id) => stayed.includes(id as RoomId))).toEqual(stayed);
    expect(new Set(found).size).toBe(found.length);
  });

  it('[AD2] misses no room if the server restarts between two pages', async () => {
    const before = stage();
    for (let n = 0; n < 9; n += 1) before.inside(`u-${n}`, idOf(n));
    const pages = await readAll(before, 5, () => {
      before.hub.drain();
      const rows = [...before.hub.slices()].flat();
      const after = stage({ clock: before.clock });
      after.hub.restore(snapshotOf(rows, before.clock.now()));
      return after;
    });
    expect(new Set(pages.flat())).toEqual(new Set(Array.from({ length: 9 }, (_, n) => idOf(n))));
  });

  it('[AD2] leaves out a room that is being removed', async () => {
    const on = stage();
    for (const n of [1, 2]) on.inside(`u-${n}`, idOf(n));
    const { items } = await listOf(on, idOf(1)).page({ limit: 50 });
    expect(items.map(({ room: { id } }) => id)).toEqual([idOf(2)]);
  });
});
