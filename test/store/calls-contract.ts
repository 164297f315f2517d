import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import type { CallPerson, CallRow, Store } from '../../src/store/contract.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const R = 'r' as RoomId;
const FROM_THE_NEWEST = { after: null, limit: 9, people: 99, endedAfter: 0 };

export function callsContract(name: string, place: () => StorePlace): void {
  describe(`calls in ${name}`, () => {
    it('outlive a restart, whether they go on or not', async () => {
      const home = place();
      const before = await withRoom(home);
      await before.calls.save(call('over', { endedAt: NOW + 5 }), [person('ann', { insideMs: 5 })]);
      await before.calls.save(call('on'), [person('ann', { insideSince: NOW })]);
      await before.calls.noteAlive(NOW + 9);
      await before.close();
      const { calls } = await home.open();
      expect(await calls.page(R, FROM_THE_NEWEST)).toEqual([
        { ...call('over', { endedAt: NOW + 5 }), people: [person('ann', { insideMs: 5 })] },
      ]);
      expect(await calls.ongoing()).toEqual([
        { ...call('on'), people: [person('ann', { insideSince: NOW })] },
      ]);
      expect(await calls.lastAlive()).toBe(NOW + 9);
    });

    it('are saved again with those of their people who have changed', async () => {
      const { calls } = await withRoom(place());
      expect(await calls.lastAlive()).toBeUndefined();
      await calls.save(call('c'), [person('ann', { insideSince: NOW }), person('bob', { insideSince: NOW })]);
      const left = person('ann', { insideMs: 7, displayName: 'Ann' });
      await calls.save(call('c', { peak: 3, endedAt: NOW + 7 }), [left]);
      const [saved] = await calls.page(R, FROM_THE_NEWEST);
      expect(saved).toMatchObject({ peak: 3, endedAt: NOW + 7 });
      expect(saved?.people).toEqual([left, person('bob', { insideSince: NOW })]);
    });

    it('are not saved for rooms and people that are gone, and go with these', async () => {
      const { calls, rooms, deletions } = await withRoom(place());
      await calls.save(call('none', { roomId: 'gone' as RoomId }), [person('ann')]);
      await calls.save(call('c', { endedAt: NOW }), [person('nobody'), person('bob')]);
      const people = async () => (await calls.page(R, FROM_THE_NEWEST)).flatMap((one) => one.people);
      expect(await calls.ongoing()).toEqual([]);
      expect(await people()).toEqual([person('bob')]);
      await deletions.delete('bob' as UserId, { now: NOW, until: NOW });
      expect(await people()).toEqual([]);
      await rooms.removeAll([R]);
      expect(await calls.page(R, FROM_THE_NEWEST)).toEqual([]);
    });

    it('[HT4] come in pages, the newest first', async () => {
      const { calls } = await withRoom(place());
      for (const [id, startedAt, endedAt] of [
        ['a', NOW, NOW + 1],
        ['b', NOW + 2, NOW + 3],
        ['c', NOW + 2, NOW + 4],
        ['d', NOW + 5, null],
      ] as const) {
        await calls.save(call(id, { startedAt, endedAt }), []);
      }
      const page = async (over: object) =>
        (await calls.page(R, { ...FROM_THE_NEWEST, ...over })).map(({ id }) => id);
      expect(await page({})).toEqual(['c', 'b', 'a']);
      expect(await page({ limit: 1 })).toEqual(['c']);
      expect(await page({ after: { startedAt: NOW + 2, id: 'c' } })).toEqual(['b', 'a']);
      expect(await page({ endedAfter: NOW + 3 })).toEqual(['c']);
    });

    it('are removed some time after their end, or beyond a number, the oldest first', async () => {
      const { calls } = await withRoom(place());
      for (let n = 0; n < 6; n += 1) {
        await calls.save(call(`c${n}`, { startedAt: NOW + n, endedAt: NOW + n }), [person('ann')]);
      }
      await calls.save(call('on'), []);
      expect([await calls.removeEnded(NOW + 1, 1), await calls.removeEnded(NOW + 1, 9)]).toEqual([1, 1]);
      const left = async () => (await calls.page(R, FROM_THE_NEWEST)).map(({ id }) => id);
      expect(await left()).toEqual(['c5', 'c4', 'c3', 'c2']);
      await calls.trim(R, 3);
      expect(await left()).toEqual(['c5', 'c4', 'c3']);
    });
  });
}

function call(id: string, over: Partial<CallRow> = {}): CallRow {
  return { id, roomId: R, startedAt: NOW, endedAt: null, peak: 2, ...over };
}

function person(userId: string, over: Partial<CallPerson> = {}): CallPerson {
  return { userId: userId as UserId, displayName: null, insideMs: 0, insideSince: null, ...over };
}

async function withRoom(place: StorePlace): Promise<Store> {
  const store = await place.open();
  for (const id of ['ann', 'bob']) {
    const user = { id: id as UserId, kind: 'registered', username: null, displayName: null } as const;
    await store.users.insert({ ...user, createdAt: NOW });
  }
  await store.rooms.insert({ ...PLAIN_ROW, id: R, ownerId: 'ann' as UserId, createdAt: NOW }, null);
  return store;
}
