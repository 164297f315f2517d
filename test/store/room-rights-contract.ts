import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import type { NewRoomInvitation, Store } from '../../src/store/contract.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const [ANN, BEN, CEM] = ['ann', 'ben', 'cem'] as UserId[] as [UserId, UserId, UserId];
const [HERE, THERE] = ['here', 'there'] as RoomId[] as [RoomId, RoomId];
const BOUNDS = { living: 2, kept: 3 };
const INVITED = { host: null, send: null, skipKnock: false, invited: true };

/** Tests how any store must keep rights of users in rooms, and invitations into rooms. */
export function roomRightsContract(name: string, place: () => StorePlace): void {
  describe(`rights in rooms in ${name}`, () => {
    it('are of one user in one room, also in a store that is opened later, and go with both', async () => {
      const where = place();
      const { roomRights } = await furnished(await where.open());
      expect(await roomRights.find(HERE, BEN)).toBeUndefined();
      expect(await roomRights.change(HERE, BEN, { host: true }, 9)).toBe(true);
      await roomRights.change(HERE, BEN, { send: ['audio'] }, 9);
      await roomRights.change(HERE, CEM, { host: false }, 9);
      const later = await where.open();
      const ben = { host: true, send: ['audio'], skipKnock: false, invited: false };
      expect(await later.roomRights.find(HERE, BEN)).toEqual(ben);
      expect(await later.roomRights.find(HERE, CEM)).toMatchObject({ host: false, send: null });
      expect(await later.roomRights.find(THERE, BEN)).toBeUndefined();
      expect(await later.rooms.find(HERE)).toMatchObject({ hasRights: true });
      expect(await later.rooms.find(THERE)).toMatchObject({ hasRights: false });
      await later.deletions.delete(CEM, { now: NOW, until: NOW });
      expect(await later.roomRights.find(HERE, CEM)).toBeUndefined();
      await later.rooms.removeAll([HERE]);
      expect(await later.roomRights.find(HERE, BEN)).toBeUndefined();
    });

    it('have a bound, to which whoever has some already does not count', async () => {
      const { roomRights } = await furnished(await place().open());
      expect(await roomRights.change(HERE, BEN, { host: true }, 1)).toBe(true);
      expect(await roomRights.change(HERE, CEM, { host: true }, 1)).toBe(false);
      expect(await roomRights.change(HERE, BEN, { host: false }, 1)).toBe(true);
      expect(await roomRights.find(HERE, CEM)).toBeUndefined();
    });

    it('of users or rooms that are gone are not stored', async () => {
      const { roomRights } = await furnished(await place().open());
      expect(await roomRights.change(HERE, 'nobody' as UserId, { host: true }, 9)).toBe(true);
      expect(await roomRights.change('nowhere' as RoomId, BEN, { host: true }, 9)).toBe(true);
      expect(await roomRights.find(HERE, 'nobody' as UserId)).toBeUndefined();
    });

    it('to be host end with a ban, whose end gives nothing back', async () => {
      const { roomRights, bans } = await furnished(await place().open());
      await roomRights.change(HERE, BEN, { host: true, send: ['chat'] }, 9);
      await bans.insert(HERE, BEN, NOW + 1);
      await bans.insert(HERE, CEM, NOW);
      expect(await bans.list(HERE)).toEqual([
        { userId: CEM, displayName: null, bannedAt: NOW },
        { userId: BEN, displayName: null, bannedAt: NOW + 1 },
      ]);
      expect(await bans.remove(THERE, BEN)).toBe(false);
      expect(await bans.remove(HERE, BEN)).toBe(true);
      expect(await bans.has(HERE, BEN)).toBe(false);
      expect(await roomRights.find(HERE, BEN)).toMatchObject({ host: false, send: ['chat'] });
    });
  });

  describe(`invitations into rooms in ${name}`, () => {
    it('give their rights once per user, until they are used up', async () => {
      const { roomInvitations, roomRights } = await furnished(await place().open());
      await roomInvitations.insert(invitation('a', { uses: 1, host: true, skipKnock: true }), BOUNDS);
      const use = (userId: UserId, roomId = HERE, now = NOW) =>
        roomInvitations.use({ roomId, userId, hash: sha256('a'), now }, 9);
      expect(await use(BEN, THERE)).toBe('refused');
      expect(await use('nobody' as UserId)).toBe('refused');
      expect(await use(BEN)).toBe('used');
      expect(await roomRights.find(HERE, BEN)).toEqual({ ...INVITED, host: true, skipKnock: true });
      await roomRights.change(HERE, BEN, { host: false }, 9);
      expect(await use(BEN)).toBe('used_before');
      expect(await roomRights.find(HERE, BEN)).toMatchObject({ host: false });
      expect(await use(CEM)).toBe('refused');
      expect(await roomInvitations.list(HERE, NOW)).toMatchObject([{ id: 'a', uses: 1, used: 1 }]);
    });

    it('leave alone what they do not name', async () => {
      const { roomInvitations, roomRights } = await furnished(await place().open());
      await roomRights.change(HERE, BEN, { host: true, send: ['chat'] }, 9);
      await roomInvitations.insert(invitation('a'), BOUNDS);
      await roomInvitations.insert(invitation('b', { send: ['audio', 'video'] }), BOUNDS);
      const use = (id: string) =>
        roomInvitations.use({ roomId: HERE, userId: BEN, hash: sha256(id), now: NOW }, 1);
      expect(await use('a')).toBe('used');
      expect(await roomRights.find(HERE, BEN)).toEqual({ ...INVITED, host: true, send: ['chat'] });
      expect(await use('b')).toBe('used');
      expect(await roomRights.find(HERE, BEN)).toMatchObject({ host: true, send: ['audio', 'video'] });
    });

    it('give nobody rights beyond the bound of the room', async () => {
      const { roomInvitations } = await furnished(await place().open());
      await roomInvitations.insert(invitation('a', { uses: 2 }), BOUNDS);
      const use = (userId: UserId) =>
        roomInvitations.use({ roomId: HERE, userId, hash: sha256('a'), now: NOW }, 1);
      expect([await use(BEN), await use(CEM)]).toEqual(['used', 'full']);
      expect(await roomInvitations.list(HERE, NOW)).toMatchObject([{ used: 1 }]);
    });

    it('expire, and go', async () => {
      const { roomInvitations, expiry } = await furnished(await place().open());
      await roomInvitations.insert(invitation('a', { expiresAt: NOW + 5 }), BOUNDS);
      await roomInvitations.insert(invitation('b', { createdAt: NOW + 1 }), BOUNDS);
      const use = { roomId: HERE, userId: BEN, hash: sha256('a'), now: NOW + 5 };
      expect(await roomInvitations.use(use, 9)).toBe('refused');
      expect((await roomInvitations.list(HERE, NOW)).map(({ id }) => id)).toEqual(['a', 'b']);
      expect((await roomInvitations.list(HERE, NOW + 5)).map(({ id }) => id)).toEqual(['b']);
      expect((await expiry.slice({ now: NOW + 5, until: 0 }, 20)).rows).toBe(1);
      expect((await roomInvitations.list(HERE, NOW)).map(({ id }) => id)).toEqual(['b']);
    });

    it('have a bound; of those that are used up, the oldest make room', async () => {
      const { roomInvitations } = await furnished(await place().open());
      const insert = (id: string, over: Partial<NewRoomInvitation> = {}) =>
        roomInvitations.insert(invitation(id, over), BOUNDS);
      const use = (id: string) =>
        roomInvitations.use({ roomId: HERE, userId: BEN, hash: sha256(id), now: NOW }, 9);
      expect([await insert('a', { uses: 1 }), await insert('b', { uses: 1 }), await insert('c')]).toEqual([
        true,
        true,
        false,
      ]);
      await use('a');
      await use('b');
      expect([await insert('c', { createdAt: NOW + 1 }), await insert('d', { createdAt: NOW + 2 })]).toEqual([
        true,
        true,
      ]);
      expect((await roomInvitations.list(HERE, NOW)).map(({ id }) => id)).toEqual(['b', 'c', 'd']);
      expect(await roomInvitations.insert({ ...invitation('e'), roomId: THERE }, BOUNDS)).toBe(true);
      expect(await roomInvitations.remove(THERE, 'c')).toBe(false);
      expect(await roomInvitations.remove(HERE, 'c')).toBe(true);
      expect(await insert('f')).toBe(true);
    });
  });
}

async function furnished(store: Store): Promise<Store> {
  for (const id of [ANN, BEN, CEM]) {
    await store.users.insert({ id, kind: 'registered', username: id, displayName: null, createdAt: NOW });
  }
  for (const id of [HERE, THERE]) {
    await store.rooms.insert({ ...PLAIN_ROW, id, ownerId: ANN, createdAt: NOW }, null);
  }
  return store;
}

function invitation(id: string, over: Partial<NewRoomInvitation> = {}): NewRoomInvitation {
  const rights = { host: false, send: null, skipKnock: false };
  return {
    id,
    roomId: HERE,
    hash: sha256(id),
    ...rights,
    uses: null,
    createdAt: NOW,
    expiresAt: null,
    ...over,
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
