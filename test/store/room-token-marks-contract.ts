import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import { MARK_OUTLIVES_MS } from '../../src/store/contract/room-token-marks.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;
const [HERE, GONE] = ['here' as RoomId, 'gone' as RoomId];

/** Tests how any store must keep who was put out of which room. */
export function roomTokenMarksContract(name: string, place: () => StorePlace): void {
  describe(`marks of tokens for rooms in ${name}`, () => {
    async function furnished() {
      const where = place();
      const store = await where.open();
      const owner = { id: ANN, kind: 'guest', username: null, displayName: null, createdAt: NOW } as const;
      await store.users.insert(owner);
      await store.rooms.insert({ ...PLAIN_ROW, id: HERE, ownerId: ANN, createdAt: NOW }, null);
      await store.rooms.insert({ ...PLAIN_ROW, id: GONE, ownerId: ANN, createdAt: NOW }, null);
      return { where, store };
    }

    it('[TK4] are of one user in one room, the latest counts, also in a store that is opened later', async () => {
      const { where, store } = await furnished();
      expect(await store.roomTokenMarks.find(HERE, ANN)).toBeUndefined();
      await store.roomTokenMarks.mark(HERE, ANN, NOW + 5);
      await store.roomTokenMarks.mark(HERE, ANN, NOW);
      const later = await where.open();
      expect(await later.roomTokenMarks.find(HERE, ANN)).toBe(NOW + 5);
      expect(await later.roomTokenMarks.find(GONE, ANN)).toBeUndefined();
      expect(await later.roomTokenMarks.find(HERE, 'ben' as UserId)).toBeUndefined();
    });

    it('[TK4] come with a ban and stay when it is lifted', async () => {
      const { store } = await furnished();
      await store.bans.insert(HERE, ANN, NOW);
      await store.bans.remove(HERE, ANN);
      expect(await store.roomTokenMarks.find(HERE, ANN)).toBe(NOW);
    });

    it('[TK4] outlive their room by a day, even if a room of the same id comes back, in bounded slices', async () => {
      const { store } = await furnished();
      const { roomTokenMarks } = store;
      for (let n = 0; n < 5; n += 1) await roomTokenMarks.mark(GONE, `user-${n}` as UserId, NOW);
      await roomTokenMarks.mark(HERE, ANN, NOW);
      await store.rooms.removeAll([GONE]);
      const last = 'user-4' as UserId;
      let slices = 1;
      while (await roomTokenMarks.sweep(NOW, 2)) slices += 1;
      expect(slices).toBeGreaterThan(2);
      await store.rooms.insert({ ...PLAIN_ROW, id: GONE, ownerId: ANN, createdAt: NOW }, null);
      while (await roomTokenMarks.sweep(NOW + MARK_OUTLIVES_MS - 1, 2));
      expect(await roomTokenMarks.find(GONE, last)).toBe(NOW);
      while (await roomTokenMarks.sweep(NOW + MARK_OUTLIVES_MS, 2));
      expect(await roomTokenMarks.find(GONE, last)).toBeUndefined();
      expect(await roomTokenMarks.find(HERE, ANN)).toBe(NOW);
    });

    it('[TK4] of a room that came back last as long as it if the user is put out of it again', async () => {
      const { store } = await furnished();
      const { roomTokenMarks } = store;
      await roomTokenMarks.mark(GONE, ANN, NOW);
      await store.rooms.removeAll([GONE]);
      while (await roomTokenMarks.sweep(NOW, 9));
      await store.rooms.insert({ ...PLAIN_ROW, id: GONE, ownerId: ANN, createdAt: NOW }, null);
      await roomTokenMarks.mark(GONE, ANN, NOW + 1);
      while (await roomTokenMarks.sweep(NOW + 2 * MARK_OUTLIVES_MS, 9));
      expect(await roomTokenMarks.find(GONE, ANN)).toBe(NOW + 1);
    });
  });
}
