import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import type { Awaitable } from '../../src/lib/awaitable.ts';
import type { RoomRow, Store } from '../../src/store/contract.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import { adminsContract } from './admins-contract.ts';
import { callsContract } from './calls-contract.ts';
import { certificatesContract } from './certificates-contract.ts';
import { chatContract } from './chat-contract.ts';
import { credentialsContract } from './credentials-contract.ts';
import { deletionContract } from './deletion-contract.ts';
import { expiryContract } from './expiry-contract.ts';
import { linksContract } from './links-contract.ts';
import { loginsContract } from './logins-contract.ts';
import { oidcUsersContract } from './oidc-users-contract.ts';
import { roomRightsContract } from './room-rights-contract.ts';
import { roomTokenMarksContract } from './room-token-marks-contract.ts';
import { roomsContract } from './rooms-contract.ts';
import { usersContract } from './users-contract.ts';
import { webhooksContract } from './webhooks-contract.ts';

/** Where a store keeps its rows: opened again, it has what was stored before. Stores are closed after the test. */
export interface StorePlace {
  open(): Awaitable<Store>;
}

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;

/** Tests what any store must do. @param place returns a new, empty place */
export function storeContract(name: string, place: () => StorePlace): void {
  describe(`users in ${name}`, () => {
    it('are found by id, which may be any text', async () => {
      const { users } = await withAnn(place());
      expect(await users.find(ANN)).toEqual({
        id: ANN,
        kind: 'guest',
        username: 'Ann',
        displayName: 'Ann A.',
        email: null,
        role: null,
        status: 'online',
        customStatus: null,
        avatarUrl: null,
        bio: null,
        createdAt: NOW,
      });
      for (const id of ['__proto__', 'constructor', "' OR 1=1 --", '']) {
        expect(await users.find(id)).toBeUndefined();
      }
    });

    it('do not share a username, ignoring case', async () => {
      const { users } = await withAnn(place());
      const bob = { id: 'bob' as UserId, kind: 'guest', displayName: null, createdAt: NOW } as const;
      expect(await users.insert({ ...bob, username: 'aNN' })).toBe(false);
      expect(await users.insertSoon({ ...bob, username: 'aNN' })).toBe(false);
      expect(await users.insert({ ...bob, username: null })).toBe(true);
      expect(await users.insertSoon({ ...bob, id: 'cid' as UserId, username: null })).toBe(true);
      expect(await users.find('cid')).toMatchObject({ username: null });
    });
  });

  describe(`logins in ${name}`, () => {
    it('[TK5] use a refresh token up once', async () => {
      const { logins } = await withLogin(place());
      const next = { hash: sha256('second'), loginId: 'login', expiresAt: NOW + 20 };
      expect(await logins.findToken(sha256('first'))).toEqual({
        id: 'login',
        userId: ANN,
        revokedAt: null,
        expiresAt: NOW + 10,
        usedAt: null,
      });
      expect(await logins.rotate(sha256('first'), NOW, next)).toBe(true);
      expect((await logins.findToken(sha256('first')))?.usedAt).toBe(NOW);
      expect(await logins.rotate(sha256('first'), NOW, { ...next, hash: sha256('third') })).toBe(false);
      expect((await logins.findToken(sha256('second')))?.usedAt).toBeNull();
      expect(await logins.findToken(sha256('third'))).toBeUndefined();
    });

    it('are revoked once, and say when', async () => {
      const { logins } = await withLogin(place());
      expect(await logins.revoke('login', NOW + 1)).toBe(true);
      expect(await logins.revoke('login', NOW + 2)).toBe(false);
      expect(await logins.revoke('another', NOW + 2)).toBe(false);
      expect(await logins.find('login')).toEqual({ id: 'login', userId: ANN, revokedAt: NOW + 1 });
    });

    it('list the latest that were revoked after a time, oldest first', async () => {
      const { logins } = await withLogin(place());
      for (const [id, at] of [
        ['c', 30],
        ['a', 10],
        ['b', 20],
      ] as const) {
        await logins.begin(ANN, NOW, { hash: sha256(id), loginId: id, expiresAt: NOW + 10 });
        await logins.revoke(id, at);
      }
      const listed = async (since: number, max: number) =>
        (await logins.revokedSince(since, max)).map(({ id, revokedAt }) => `${id} ${revokedAt}`);
      expect(await listed(10, 9)).toEqual(['b 20', 'c 30']);
      expect(await listed(0, 2)).toEqual(['b 20', 'c 30']);
      expect(await listed(0, 9)).toEqual(['a 10', 'b 20', 'c 30']);
    });
  });

  describe(`signing keys in ${name}`, () => {
    it('[TK2] replace each other, and the old one is kept as retired', async () => {
      const { keys } = await place().open();
      expect(await keys.current()).toBeUndefined();
      await keys.ensure({ id: 'one', algorithm: 'ES256', privateJwk: '{}', createdAt: NOW });
      await keys.ensure({ id: 'late', algorithm: 'ES256', privateJwk: '{}', createdAt: NOW });
      await keys.replace({ id: 'two', algorithm: 'ES256', privateJwk: '{}', createdAt: NOW + 1 });
      expect((await keys.current())?.id).toBe('two');
      expect((await keys.all()).map(({ id, retiredAt }) => [id, retiredAt])).toEqual([
        ['one', NOW + 1],
        ['two', null],
      ]);
      expect(await keys.find('late')).toBeUndefined();
    });

    it('[AD6] are removed when they have been retired for long, the one in use never', async () => {
      const { keys } = await place().open();
      for (const [n, id] of ['one', 'two', 'three'].entries()) {
        await keys.replace({ id, algorithm: 'ES256', privateJwk: '{}', createdAt: NOW + n });
      }
      await keys.removeRetired(NOW + 1);
      expect((await keys.all()).map(({ id }) => id)).toEqual(['two', 'three']);
      await keys.removeRetired(NOW + 1_000);
      expect((await keys.all()).map(({ id }) => id)).toEqual(['three']);
    });
  });

  describe(`rooms in ${name}`, () => {
    it('outlive a restart', async () => {
      const home = place();
      const before = await withAnn(home);
      await before.rooms.insert(room('r', { locked: true, listed: true }), NOW);
      await before.close();
      expect(await (await home.open()).rooms.find('r')).toEqual(room('r', { locked: true, listed: true }));
    });

    it('have an id each', async () => {
      const { rooms } = await withAnn(place());
      expect(await rooms.insert(room('r'), NOW)).toBe(true);
      expect(await rooms.insert(room('r', { name: 'another' }), NOW)).toBe(false);
      expect(await rooms.countOwnedBy(ANN)).toBe(1);
    });

    it('[RM6] are locked and unlocked, and know whether anybody is banned', async () => {
      const { rooms, bans } = await withAnn(place());
      const id = 'r' as RoomId;
      await rooms.insert(room(id), NOW);
      await rooms.setLocked(id, true);
      expect(await rooms.find(id)).toEqual(room(id, { locked: true }));
      await rooms.setLocked(id, false);
      for (const _ of [1, 2]) await bans.insert(id, ANN, NOW);
      expect(await rooms.find(id)).toEqual(room(id, { hasBans: true }));
      expect([await bans.has(id, ANN), await bans.has(id, 'bob' as UserId)]).toEqual([true, false]);
      expect(await bans.countIn(id)).toBe(1);
      await rooms.removeAll([id]);
      expect([await rooms.find(id), await bans.countIn(id)]).toEqual([undefined, 0]);
    });

    it('[RM5] are due when their time is up, unless they are persistent', async () => {
      const { rooms } = await withAnn(place());
      const [early, late, persistent] = ['early' as RoomId, 'late' as RoomId, 'persistent' as RoomId];
      await rooms.insert(room(early), NOW + 10);
      await rooms.insert(room(late), NOW + 10);
      await rooms.insert(room(persistent, { persistent: true }), null);
      await rooms.setVanishing(late, NOW + 30);
      await rooms.setVanishing(persistent, NOW);
      expect(await rooms.due(NOW + 9, 9)).toEqual([]);
      expect(await rooms.due(NOW + 10, 9)).toEqual([early]);
      await rooms.spareAll({ now: NOW, least: 20, most: 20 });
      expect(await rooms.due(NOW + 19, 9)).toEqual([]);
      expect(await rooms.due(NOW + 20, 9)).toEqual([early]);
      expect(await rooms.due(NOW + 30, 9)).toEqual([early, late]);
      expect(await rooms.due(NOW + 30, 1)).toEqual([early]);
      await rooms.removeAll([early, 'gone' as RoomId]);
      expect(await rooms.due(NOW + 30, 9)).toEqual([late]);
      expect(await rooms.find(persistent)).toBeDefined();
    });

    it('[RM5] are due `emptySeconds` after the last one left, and a restart spares each for a time that fits', async () => {
      const { rooms } = await withAnn(place());
      const [short, long, persistent] = ['short' as RoomId, 'long' as RoomId, 'persistent' as RoomId];
      await rooms.insert(room(short, { emptySeconds: 2 }), NOW);
      await rooms.insert(room(long, { emptySeconds: 3_000 }), NOW);
      await rooms.insert(room(persistent, { persistent: true, emptySeconds: 2 }), null);
      for (const id of [short, long, persistent]) await rooms.setEmptied(id, NOW + 5);
      expect(await rooms.due(NOW + 2_004, 9)).toEqual([]);
      expect(await rooms.due(NOW + 2_005, 9)).toEqual([short]);
      expect(await rooms.due(NOW + 3_000_004, 9)).toEqual([short]);
      expect(await rooms.due(NOW + 3_000_005, 9)).toEqual([short, long]);
      await rooms.spareAll({ now: NOW + 3_000_000, least: 60_000, most: 1_000_000 });
      expect(await rooms.due(NOW + 3_059_999, 9)).toEqual([]);
      expect(await rooms.due(NOW + 3_060_000, 9)).toEqual([short]);
      expect(await rooms.due(NOW + 4_000_000, 9)).toEqual([short, long]);
      expect(await rooms.find(persistent)).toBeDefined();
    });
  });

  describe(`the session snapshot in ${name}`, () => {
    it('[SE8] is read back in order, as often as asked for, and is gone once cleared', async () => {
      const home = place();
      const before = await home.open();
      await before.sessions.write(3, NOW, ['{"a":1}', '{"b":2}']);
      await before.sessions.append(['{"c":3}']);
      await before.close();
      const { sessions } = await home.open();
      for (let start = 0; start < 2; start += 1) {
        expect(await sessions.read()).toEqual({
          schemaVersion: 3,
          savedAt: NOW,
          rows: ['{"a":1}', '{"b":2}', '{"c":3}'],
        });
      }
      await sessions.clear();
      expect(await sessions.read()).toBeUndefined();
    });

    it('[SE8] replaces the one before it whole, and stays whole when writing fails', async () => {
      const { sessions } = await place().open();
      await sessions.write(1, NOW, ['old', 'older']);
      await sessions.write(1, NOW, ['new']);
      const failing = [Symbol('no text') as unknown as string];
      await expect(async () => sessions.write(1, NOW, ['half', ...failing])).rejects.toThrow();
      expect((await sessions.read())?.rows).toEqual(['new']);
    });

    it('may be empty', async () => {
      const { sessions } = await place().open();
      await sessions.write(1, NOW, []);
      expect(await sessions.read()).toEqual({ schemaVersion: 1, savedAt: NOW, rows: [] });
    });
  });

  describe(`settings in ${name}`, () => {
    it('are made once', async () => {
      const { settings } = await place().open();
      expect(await settings.getOrMake('turn-secret', () => 'one')).toBe('one');
      expect(await settings.getOrMake('turn-secret', () => 'two')).toBe('one');
    });

    it('keeps the value that was written last', async () => {
      const { settings } = await place().open();
      expect(await settings.read('doctor')).toBeUndefined();
      await settings.write('doctor', 'one');
      await settings.write('doctor', 'two');
      expect(await settings.read('doctor')).toBe('two');
    });
  });

  roomsContract(name, place);
  roomTokenMarksContract(name, place);
  certificatesContract(name, place);
  chatContract(name, place);
  callsContract(name, place);
  credentialsContract(name, place);
  expiryContract(name, place);
  usersContract(name, place);
  webhooksContract(name, place);
  linksContract(name, place);
  oidcUsersContract(name, place);
  adminsContract(name, place);
  loginsContract(name, place);
  deletionContract(name, place);
  roomRightsContract(name, place);
}

async function withAnn(place: StorePlace): Promise<Store> {
  const store = await place.open();
  await store.users.insert({
    id: ANN,
    kind: 'guest',
    username: 'Ann',
    displayName: 'Ann A.',
    createdAt: NOW,
  });
  return store;
}

/** Ann has a login with one refresh token, `first`. */
async function withLogin(place: StorePlace): Promise<Store> {
  const store = await withAnn(place);
  await store.logins.begin(ANN, NOW, { hash: sha256('first'), loginId: 'login', expiresAt: NOW + 10 });
  return store;
}

function room(id: string, over: Partial<RoomRow> = {}): RoomRow {
  return {
    id: id as RoomId,
    ...PLAIN_ROW,
    ownerId: ANN,
    createdAt: NOW,
    hasBans: false,
    hasRights: false,
    lastMessageId: null,
    ...over,
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
