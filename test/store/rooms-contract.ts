import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import type { NewRoom, RoomChange, RoomListPlace, Store } from '../../src/store/contract.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const UNUSED_MS = 86_400_000;
const R = 'r' as RoomId;

/** What each setting can be changed to. */
const CHANGES: Required<RoomChange> = {
  name: 'Tea',
  max: 3,
  passwordHash: 'a hash',
  locked: true,
  persistent: true,
  listed: true,
  waitingRoom: true,
  chat: 'off',
  relayOnly: true,
  notBefore: NOW - 5,
  expiresAt: NOW + 5,
  endAtExpiry: true,
  emptySeconds: 7,
  metadata: '{"a":1}',
};

export function roomsContract(name: string, place: () => StorePlace): void {
  describe(`settings of rooms in ${name}`, () => {
    it('change one by one or together, and outlive a restart', async () => {
      const home = place();
      const before = await withPeople(home);
      await before.rooms.insert(room('r'), NOW);
      const first = await before.rooms.find('r');
      for (const [name, value] of Object.entries(CHANGES)) {
        const edited = await before.rooms.edit('r', edit({ [name]: value }));
        expect(edited).toMatchObject({ after: { [name]: value } });
      }
      await before.close();
      const { rooms } = await home.open();
      expect(await rooms.find('r')).toEqual({ ...first, ...CHANGES });
      const { id: _, ownerId: __, createdAt: ___, ...settings } = room('r');
      expect(await rooms.edit('r', edit(settings))).toEqual({
        before: { ...first, ...CHANGES },
        after: first,
      });
    });

    it('are the same object if nothing changes, and stay if another version was expected', async () => {
      const { rooms } = await withPeople(place());
      await rooms.insert(room('r', { name: 'Tea' }), NOW);
      const same = await rooms.edit('r', edit({ name: 'Tea', max: undefined }));
      if (same === undefined || same === 'unexpected') throw new Error('not edited');
      expect(same.after).toBe(same.before);
      const isExpected = ({ name }: { readonly name: string | null }) => name === 'Coffee';
      expect(await rooms.edit('r', { ...edit({ name: 'Mate' }), isExpected })).toBe('unexpected');
      expect(await rooms.find('r')).toMatchObject({ name: 'Tea' });
      expect(await rooms.edit('none', edit({ name: 'Mate' }))).toBeUndefined();
    });
  });

  describe(`the end of rooms in ${name}`, () => {
    const isDue = async ({ rooms }: Store, at: number) => (await rooms.due(at, 9)).includes(R);

    it('[RM5] never comes while they are persistent, and counts from the switch after that', async () => {
      const store = await withPeople(place());
      const { rooms } = store;
      await rooms.insert(room('r', { emptySeconds: 10 }), NOW + UNUSED_MS);
      await rooms.setEmptied(R, NOW);
      await rooms.edit('r', edit({ persistent: true }));
      await rooms.setEmptied(R, NOW + 1_000);
      expect(await isDue(store, NOW + 10 * UNUSED_MS)).toBe(false);
      await rooms.edit('r', edit({ persistent: false }, NOW + 60_000));
      expect(await isDue(store, NOW + 69_999)).toBe(false);
      expect(await isDue(store, NOW + 70_000)).toBe(true);
    });

    it('[RM5] counts from a change of `emptySeconds`, and not from any other', async () => {
      const store = await withPeople(place());
      const { rooms } = store;
      await rooms.insert(room('r', { emptySeconds: 10 }), NOW + UNUSED_MS);
      await rooms.setEmptied(R, NOW);
      await rooms.edit('r', edit({ name: 'Tea', emptySeconds: 10 }, NOW + 9_000));
      expect(await isDue(store, NOW + 10_000)).toBe(true);
      await rooms.edit('r', edit({ emptySeconds: 20 }, NOW + 9_000));
      expect(await isDue(store, NOW + 28_999)).toBe(false);
      expect(await isDue(store, NOW + 29_000)).toBe(true);
    });

    it('[RM5] stays 24 hours after their creation if nobody has been inside', async () => {
      const store = await withPeople(place());
      const { rooms } = store;
      await rooms.insert(room('r', { persistent: true }), null);
      await rooms.edit('r', edit({ persistent: false, emptySeconds: 0 }, NOW + 5_000));
      expect(await isDue(store, NOW + UNUSED_MS - 1)).toBe(false);
      expect(await isDue(store, NOW + UNUSED_MS)).toBe(true);
    });
  });

  describe(`lists of rooms in ${name}`, () => {
    it("[HT4] show one's own rooms, then the listed ones of others, each with the newest first", async () => {
      const store = await withPeople(place());
      const { rooms } = store;
      for (const [id, ownerId, listed, age] of [
        ['a1', 'ann', false, 5],
        ['a2', 'ann', true, 5],
        ['a3', 'ann', false, 1],
        ['b1', 'bob', true, 4],
        ['b2', 'bob', false, 3],
        ['n1', null, true, 2],
      ] as const) {
        await rooms.insert(
          room(id, { ownerId: ownerId as UserId | null, listed, createdAt: NOW - age }),
          null,
        );
      }
      for (const limit of [1, 2, 3, 4, 5, 9]) {
        expect(await listed(store, 'ann', limit)).toEqual(['a3', 'a2', 'a1', 'n1', 'b1']);
        expect(await listed(store, 'cem', limit)).toEqual(['n1', 'b1', 'a2']);
      }
      const exact = await store.roomLists.page({ userId: 'ann' as UserId, after: null, limit: 5 });
      expect(exact.next).toBeNull();
    });

    it('tell which are over, in the order of their times', async () => {
      const { rooms, roomLists } = await withPeople(place());
      for (const [id, expiresAt, endAtExpiry] of [
        ['b', NOW + 1, true],
        ['a', NOW + 1, true],
        ['c', NOW, true],
        ['d', NOW + 2, true],
        ['e', NOW, false],
        ['f', null, true],
      ] as const) {
        await rooms.insert(room(id, { expiresAt, endAtExpiry }), null);
      }
      const first = { expiresAt: 0, id: '' } as const;
      const found = await roomLists.ended(first, NOW + 1, 2);
      expect(found.map(({ id }) => id)).toEqual(['c', 'a']);
      const rest = await roomLists.ended(found[1] ?? first, NOW + 1, 2);
      expect(rest).toEqual([{ id: 'b', expiresAt: NOW + 1 }]);
      expect(await roomLists.closed(first, NOW + 1, 2)).toEqual([{ id: 'e', expiresAt: NOW }]);
    });
  });
}

async function listed({ roomLists }: Store, userId: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: RoomListPlace | null = null;
  do {
    const page: Awaited<ReturnType<typeof roomLists.page>> = await roomLists.page({
      userId: userId as UserId,
      after,
      limit,
    });
    expect(page.rooms.length).toBeLessThanOrEqual(limit);
    ids.push(...page.rooms.map(({ id }) => id));
    after = page.next;
  } while (after !== null);
  return ids;
}

async function withPeople(place: StorePlace): Promise<Store> {
  const store = await place.open();
  for (const id of ['ann', 'bob']) {
    const user = { id: id as UserId, kind: 'registered', username: null, displayName: null } as const;
    await store.users.insert({ ...user, createdAt: NOW });
  }
  return store;
}

function edit(change: RoomChange, now = NOW) {
  return { change, isExpected: () => true, now, unusedMs: UNUSED_MS };
}

function room(id: string, over: Partial<NewRoom> = {}): NewRoom {
  return { ...PLAIN_ROW, id: id as RoomId, ownerId: 'ann' as UserId, createdAt: NOW, ...over };
}
