import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/domain/ids.ts';
import type { Registration } from '../../src/store/contract.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;

/** Tests what any store must do with e-mail addresses and passwords. */
export function credentialsContract(name: string, place: () => StorePlace): void {
  describe(`credentials in ${name}`, () => {
    it('[AC1] of a new user are stored with its first login, and outlive a restart', async () => {
      const home = place();
      const before = await home.open();
      expect(await before.credentials.register(registration('Ann'))).toBe('registered');
      await before.close();
      const { users, logins, credentials } = await home.open();
      expect(await users.find('Ann')).toMatchObject({
        kind: 'registered',
        username: 'Ann',
        displayName: 'Name of Ann',
        email: 'Ann@Example.org',
        role: null,
      });
      expect(await credentials.findByEmail('ann@example.org')).toEqual(
        await credentials.findByUser('Ann' as UserId),
      );
      expect(await credentials.findByEmail('ann@example.org')).toMatchObject({ passwordHash: 'hash of Ann' });
      expect(await credentials.findByEmail('Ann@Example.org')).toBeUndefined();
      expect(await logins.findToken(sha256('Ann'))).toMatchObject({ id: 'login of Ann', userId: 'Ann' });
    });

    it('[AC1] make a guest a registered user, who keeps what it has and doesn’t change', async () => {
      const { users, logins, credentials } = await place().open();
      await users.insert({ id: ANN, kind: 'guest', username: 'ann', displayName: 'A.', createdAt: NOW - 9 });
      await logins.begin(ANN, NOW - 9, { hash: sha256('old'), loginId: 'guest', expiresAt: NOW + 9 });
      const upgrade = registration('Ann', {
        userId: ANN,
        username: null,
        displayName: null,
        token: { hash: sha256('new'), loginId: 'guest', expiresAt: NOW + 20 },
      });
      expect(await credentials.register(upgrade)).toBe('registered');
      expect(await users.find(ANN)).toMatchObject({
        kind: 'registered',
        username: 'ann',
        displayName: 'A.',
        email: 'Ann@Example.org',
        createdAt: NOW - 9,
      });
      for (const token of ['old', 'new']) {
        expect(await logins.findToken(sha256(token))).toMatchObject({ id: 'guest', usedAt: null });
      }
      expect(await credentials.register({ ...upgrade, emailKey: 'b@c', email: 'b@c' })).toBe(
        'already_registered',
      );
    });

    it('[AC1] are refused if address or username is taken, ignoring case, and nothing is stored then', async () => {
      const { users, logins, credentials } = await place().open();
      await credentials.register(registration('Ann'));
      await users.insert({
        id: 'guest' as UserId,
        kind: 'guest',
        username: 'Bob',
        displayName: null,
        createdAt: NOW,
      });
      const email = registration('cid', { email: 'aNN@example.org', emailKey: 'ann@example.org' });
      expect(await credentials.register(email)).toBe('email_taken');
      expect(await credentials.register(registration('cid', { username: 'bOB' }))).toBe('username_taken');
      const guest = registration('dan', { userId: 'guest' as UserId, isGuest: true, username: 'ANN' });
      expect(await credentials.register(guest)).toBe('username_taken');
      expect(await users.find('cid')).toBeUndefined();
      expect(await logins.find('login of cid')).toBeUndefined();
      expect(await users.find('guest')).toMatchObject({ kind: 'guest', username: 'Bob', email: null });
      // Its own name, written differently, is no other's.
      expect(await credentials.register({ ...guest, username: 'BOB' })).toBe('registered');
      expect(await users.find('guest')).toMatchObject({ kind: 'registered', username: 'BOB' });
    });

    it('[AC5] are nobody’s if the guest who registers is gone: it doesn’t come back', async () => {
      const { users, logins, credentials } = await place().open();
      const gone = registration('gone', { isGuest: true });
      expect(() => credentials.register(gone)).toThrow('This login has ended');
      expect(await users.find('gone')).toBeUndefined();
      expect(await logins.find('login of gone')).toBeUndefined();
    });

    it('are found by ids and addresses of any text', async () => {
      const { users, credentials } = await place().open();
      await users.insert({ id: ANN, kind: 'guest', username: null, displayName: null, createdAt: NOW });
      for (const text of ['', '__proto__', "' OR 1=1 --", ANN]) {
        expect(await credentials.findByEmail(text)).toBeUndefined();
        expect(await credentials.findByUser(text as UserId)).toBeUndefined();
      }
    });

    it('[AC1] change with the password only from the one that was compared, and end the other logins', async () => {
      const { logins, credentials } = await place().open();
      await credentials.register(registration('Ann'));
      await credentials.register(registration('bob'));
      const userId = 'Ann' as UserId;
      await logins.begin(userId, NOW, { hash: sha256('2'), loginId: 'second', expiresAt: NOW + 10 });
      const change = { userId, from: 'hash of Ann', to: 'new', keep: 'second', at: NOW + 1 };
      expect(await credentials.changePassword({ ...change, from: 'another' })).toBeUndefined();
      expect((await logins.find('login of Ann'))?.revokedAt).toBeNull();
      expect(await credentials.changePassword(change)).toEqual(['login of Ann']);
      expect((await credentials.findByUser(userId))?.passwordHash).toBe('new');
      expect((await logins.find('login of Ann'))?.revokedAt).toBe(NOW + 1);
      expect((await logins.find('second'))?.revokedAt).toBeNull();
      expect((await logins.find('login of bob'))?.revokedAt).toBeNull();
      expect(await credentials.changePassword({ ...change, from: 'new', keep: null })).toEqual(['second']);
    });

    it('[AC1] get another hash of the same password, unless it has changed meanwhile', async () => {
      const { credentials } = await place().open();
      await credentials.register(registration('Ann'));
      const userId = 'Ann' as UserId;
      await credentials.rehash(userId, 'another', 'lost');
      expect((await credentials.findByUser(userId))?.passwordHash).toBe('hash of Ann');
      await credentials.rehash(userId, 'hash of Ann', 'dearer');
      expect((await credentials.findByUser(userId))?.passwordHash).toBe('dearer');
    });
  });
}

function registration(id: string, over: Partial<Registration> = {}): Registration {
  return {
    userId: id as UserId,
    isGuest: false,
    username: id,
    displayName: `Name of ${id}`,
    email: `${id}@Example.org`,
    emailKey: `${id.toLowerCase()}@example.org`,
    passwordHash: `hash of ${id}`,
    role: null,
    at: NOW,
    invite: null,
    token: { hash: sha256(id), loginId: `login of ${id}`, expiresAt: NOW + 10 },
    ...over,
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
