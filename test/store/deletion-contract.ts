import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import type { NewRoom, NewUser, Store } from '../../src/store/contract.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;
const BEN = 'ben' as UserId;
const TIMES = { now: NOW + 5, until: NOW + 100 };

/** Tests what any store must do when a user is deleted. */
export function deletionContract(name: string, place: () => StorePlace): void {
  describe(`the deletion of a user in ${name}`, () => {
    it('[AC5] takes along logins, links, rooms and bans, and leaves those of others', async () => {
      const home = place();
      const store = await furnished(home);
      await store.logins.revoke('ended', NOW);
      const deletion = await store.deletions.delete(ANN, TIMES);
      expect(deletion?.loginIds).toEqual(['first']);
      expect(new Set(deletion?.roomIds)).toEqual(new Set(["ann's", 'persistent']));
      await store.close();
      const { users, logins, rooms, bans, resetLinks } = await home.open();
      expect(await users.find(ANN)).toBeUndefined();
      expect([await logins.find('first'), await logins.findToken(sha256('first'))]).toEqual([
        undefined,
        undefined,
      ]);
      expect(await resetLinks.find(sha256('link'), NOW)).toBeUndefined();
      for (const id of ["ann's", 'persistent']) expect(await rooms.find(id)).toBeUndefined();
      expect(await bans.countIn("ann's" as RoomId)).toBe(0);
      expect(await bans.has("ben's" as RoomId, ANN)).toBe(false);
      expect(await rooms.find("ben's")).toMatchObject({ ownerId: BEN, hasBans: false });
      expect(await logins.find("ben's")).toMatchObject({ revokedAt: null });
    });

    it('[AC5] frees the name, and is remembered', async () => {
      const { users, deletions } = await furnished(place());
      expect(await deletions.deletedAt(ANN)).toBeUndefined();
      await deletions.delete(ANN, TIMES);
      expect(await deletions.deletedAt(ANN)).toBe(TIMES.now);
      expect(await users.insert(user('zoe' as UserId, { username: 'ANN' }))).toBe(true);
      expect(await users.insert(user(ANN, { username: null }))).toBe(true);
      await deletions.delete(ANN, { ...TIMES, now: NOW + 7 });
      expect(await deletions.deletedAt(ANN)).toBe(NOW + 7);
    });

    it('[AC5] may begin with ended logins, a few rows at a time; those that hold stay, and those of others', async () => {
      const { logins, deletions } = await furnished(place());
      for (const n of [1, 2, 3]) {
        await logins.add({ hash: sha256(`first ${n}`), loginId: 'first', expiresAt: NOW + 100 }, NOW);
      }
      expect(await deletions.hasMany(ANN, 4)).toBe(true);
      expect(await deletions.hasMany(ANN, 1_000)).toBe(false);
      expect(await deletions.hasMany('nobody' as UserId, 0)).toBe(false);
      for (const id of ['ended', "ben's"]) await logins.revoke(id, NOW);
      while ((await deletions.removeEnded(ANN, 1)) === 1);
      expect(await logins.find('ended')).toBeUndefined();
      expect(await logins.find('first')).toMatchObject({ revokedAt: null });
      await logins.revoke('first', NOW);
      expect(await deletions.removeEnded(ANN, 3)).toBe(3);
      expect(await logins.find('first')).toBeDefined();
      expect(await deletions.removeEnded(ANN, 3)).toBe(2);
      expect(await logins.find('first')).toBeUndefined();
      expect(await logins.findToken(sha256('first'))).toBeUndefined();
      expect(await logins.find("ben's")).toBeDefined();
      expect((await deletions.delete(ANN, TIMES))?.loginIds).toEqual([]);
    });

    it('[AC5] of nobody changes nothing', async () => {
      const { deletions } = await furnished(place());
      for (const id of ['nobody', '__proto__', '']) {
        expect(await deletions.delete(id as UserId, TIMES)).toBeUndefined();
        expect(await deletions.deletedAt(id)).toBeUndefined();
      }
    });

    it('[AC5] is forgotten in time if the id was of our making, and never for the user of a backend', async () => {
      const { users, deletions, expiry } = await furnished(place());
      await users.insert(user('customer-17' as UserId, { kind: 'external' }));
      for (const id of [ANN, 'customer-17' as UserId]) await deletions.delete(id, TIMES);
      await expiry.slice({ now: TIMES.until - 1, until: 0 }, 10);
      expect(await deletions.deletedAt(ANN)).toBe(TIMES.now);
      await expiry.slice({ now: TIMES.until, until: 0 }, 10);
      expect(await deletions.deletedAt(ANN)).toBeUndefined();
      expect(await deletions.deletedAt('customer-17')).toBe(TIMES.now);
    });

    it('[AC5] leaves nobody who could own a room or be banned', async () => {
      const { rooms, bans, deletions } = await furnished(place());
      await deletions.delete(ANN, TIMES);
      expect(await rooms.insert(room('late', ANN), NOW)).toBe(false);
      await bans.insert("ben's" as RoomId, ANN, NOW);
      expect(await bans.has("ben's" as RoomId, ANN)).toBe(false);
    });
  });
}

/** Ann and Ben, each with logins and rooms, and banned from a room of the other. */
async function furnished(place: StorePlace): Promise<Store> {
  const store = await place.open();
  const { users, logins, rooms, bans, resetLinks } = store;
  for (const id of [ANN, BEN]) await users.insert(user(id));
  for (const [id, owner] of [
    ['first', ANN],
    ['ended', ANN],
    ["ben's", BEN],
  ] as const) {
    await logins.begin(owner, NOW, { hash: sha256(id), loginId: id, expiresAt: NOW + 1_000 });
  }
  await resetLinks.replace({ hash: sha256('link'), userId: ANN, expiresAt: NOW + 1_000 });
  await rooms.insert(room("ann's", ANN), NOW);
  await rooms.insert(room('persistent', ANN, { persistent: true }), null);
  await rooms.insert(room("ben's", BEN), NOW);
  await bans.insert("ann's" as RoomId, BEN, NOW);
  await bans.insert("ben's" as RoomId, ANN, NOW);
  return store;
}

function user(id: UserId, over: Partial<NewUser> = {}): NewUser {
  return { id, kind: 'guest', username: id.slice(0, 9), displayName: null, createdAt: NOW, ...over };
}

function room(id: string, ownerId: UserId, over: Partial<NewRoom> = {}): NewRoom {
  return {
    id: id as RoomId,
    ...PLAIN_ROW,
    ownerId,
    emptySeconds: 0,
    createdAt: NOW,
    ...over,
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
