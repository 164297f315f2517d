import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import { type Store, TOKENS_PER_LOGIN } from '../../src/store/contract.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ALL = { now: NOW, until: NOW };

/** Tests what any store must remove, and when. */
export function expiryContract(name: string, place: () => StorePlace): void {
  describe(`what expires in ${name}`, () => {
    it('is removed in slices of bounded size, until nothing is left', async () => {
      const store = await place().open();
      for (const user of ['ann', 'bob', 'cid']) await guest(store, user, NOW - 1);
      for (let n = 0; n < 50; n += 1) await store.logins.add(token('ann', `${n}`, NOW - 1), NOW);
      await guest(store, 'dan', NOW + 1);
      let slices = 0;
      const removed: string[] = [];
      for (let rows = 20; rows >= 20; slices += 1) {
        const slice = await store.expiry.slice(ALL, 20);
        rows = slice.rows;
        removed.push(...slice.removedUsers);
        expect(rows).toBeLessThanOrEqual(20);
      }
      // 53 tokens, 3 logins, 3 guests.
      expect(slices).toBe(3);
      expect(removed.sort()).toEqual(['ann', 'bob', 'cid']);
      for (const gone of removed) expect(await store.users.find(gone)).toBeUndefined();
      expect(await store.users.find('dan')).toBeDefined();
      expect(await store.expiry.slice(ALL, 20)).toEqual({ rows: 0, removedUsers: [] });
    });

    it('[TK5] can be a refresh token whose login lives on with the next one', async () => {
      const store = await place().open();
      await guest(store, 'ann', NOW);
      await store.logins.rotate(sha256('ann'), NOW - 9, token('ann', 'next', NOW + 1));
      expect(await store.expiry.slice(ALL, 20)).toEqual({ rows: 1, removedUsers: [] });
      expect(await store.logins.findToken(sha256('ann'))).toBeUndefined();
      expect((await store.logins.findToken(sha256('next')))?.id).toBe('ann');
    });

    it('can be a login with its remaining tokens, once none of its access tokens can be alive', async () => {
      const store = await place().open();
      await guest(store, 'ann', NOW);
      await store.logins.revoke('ann', NOW - 9);
      expect((await store.expiry.slice({ now: NOW - 1, until: NOW - 1 }, 20)).rows).toBe(0);
      expect(await store.logins.find('ann')).toBeDefined();
      // The token, the login, the guest.
      expect(await store.expiry.slice(ALL, 20)).toEqual({ rows: 3, removedUsers: ['ann'] });
      expect(await store.logins.find('ann')).toBeUndefined();
    });

    it('can be a guest with its last login, which ends its rooms, even persistent ones of older versions', async () => {
      const store = await place().open();
      await guest(store, 'ann', NOW);
      await store.logins.begin('ann' as UserId, NOW, {
        ...token('later', 'later', NOW + 5),
        loginId: 'later',
      });
      for (const [id, persistent] of [
        ['kept', true],
        ['usual', false],
      ] as const) {
        const about = { ...PLAIN_ROW, emptySeconds: 60, createdAt: NOW };
        const room = { ...about, id: id as RoomId, ownerId: 'ann' as UserId, persistent, listed: persistent };
        await store.rooms.insert(room, persistent ? null : NOW + 1_000);
      }
      await store.expiry.slice(ALL, 20);
      expect(await store.users.find('ann')).toBeDefined();
      expect(await store.rooms.due(NOW, 9)).toEqual([]);
      await store.expiry.slice({ now: NOW + 5, until: NOW + 5 }, 20);
      expect(await store.users.find('ann')).toBeUndefined();
      expect([...(await store.rooms.due(NOW + 5, 9))].sort()).toEqual(['kept', 'usual']);
      const kept = await store.rooms.find('kept');
      expect(kept).toMatchObject({ persistent: false, listed: false, ownerId: null });
    });

    it("is a guest's part in chats and calls, a few rows at a time, and what it said stays", async () => {
      const store = await place().open();
      await guest(store, 'ann', NOW);
      await guest(store, 'bob', NOW + 1);
      const room = { ...PLAIN_ROW, id: 'room' as RoomId, ownerId: 'bob' as UserId, createdAt: NOW };
      await store.rooms.insert(room, null);
      const ids = ['1', '2', '3'];
      const roomId = room.id;
      const userId = 'ann' as UserId;
      const about = { roomId, userId, peerId: null, displayName: 'Ann', replyTo: null, createdAt: NOW };
      const reaction = { kind: 'react', roomId, userId, emoji: '👍', on: true, above: '' } as const;
      await store.chat.write({
        writes: [
          ...ids.map((id) => ({ kind: 'say' as const, row: { ...about, id, message: id }, above: '' })),
          ...ids.map((id) => ({ ...reaction, id })),
        ],
        durable: false,
      });
      const slices = [];
      for (let rows = 4; rows >= 4; ) {
        const slice = await store.expiry.slice(ALL, 4);
        rows = slice.rows;
        slices.push(slice);
      }
      // A token, three messages, three reactions, a login and the guest.
      expect(slices.map(({ rows }) => rows)).toEqual([4, 5, 0]);
      expect(slices.flatMap(({ removedUsers }) => removedUsers)).toEqual(['ann']);
      const left = await store.chat.list(roomId, { above: '', from: 'oldest', limit: 9 });
      expect(left).toMatchObject(ids.map((id) => ({ message: id, userId: null, displayName: 'Ann' })));
      expect(left.map(({ reactions }) => reactions)).toEqual([{}, {}, {}]);
    });

    it('is never a registered or external user', async () => {
      const store = await place().open();
      const user = { id: 'eve' as UserId, kind: 'external', username: null, displayName: null } as const;
      await store.users.insert({ ...user, createdAt: 0 });
      await store.logins.begin(user.id, 0, token('eve', 'eve', NOW));
      expect((await store.expiry.slice(ALL, 20)).removedUsers).toEqual([]);
      expect(await store.logins.find('eve')).toBeUndefined();
      expect(await store.users.find('eve')).toBeDefined();
    });
  });

  describe(`the refresh tokens of a login in ${name}`, () => {
    it('have a bound: beyond it the oldest are deleted', async () => {
      const store = await place().open();
      await guest(store, 'ann', NOW);
      for (let n = 1; n <= TOKENS_PER_LOGIN; n += 1)
        await store.logins.add(token('ann', `${n}`, NOW + n), NOW);
      expect(await store.logins.findToken(sha256('ann'))).toBeUndefined();
      expect(await store.logins.findToken(sha256('1'))).toBeDefined();
      await store.logins.add(token('ann', 'one more', NOW + 2_000), NOW);
      expect(await store.logins.findToken(sha256('1'))).toBeUndefined();
      expect(await store.logins.findToken(sha256('2'))).toBeDefined();
    });
  });
}

/** A guest with a login and a token, all with the same name. */
async function guest(store: Store, name: string, expiresAt: number): Promise<void> {
  const id = name as UserId;
  await store.users.insert({ id, kind: 'guest', username: name, displayName: null, createdAt: NOW });
  await store.logins.begin(id, NOW, token(name, name, expiresAt));
}

function token(loginId: string, text: string, expiresAt: number) {
  return { hash: sha256(text), loginId, expiresAt };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
