import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/domain/ids.ts';
import type { NewRegistrationInvite, Store } from '../../src/store/contract.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;
const BEN = 'ben' as UserId;

/** Tests how any store must keep reset links and invitations to register. */
export function linksContract(name: string, place: () => StorePlace): void {
  describe(`reset links in ${name}`, () => {
    it('are found until they expire, also by a store that is opened later', async () => {
      const where = place();
      const { resetLinks } = await withUsers(await where.open());
      await resetLinks.replace({ hash: sha256('a'), userId: ANN, expiresAt: NOW + 10 });
      const later = await where.open();
      expect(await later.resetLinks.find(sha256('a'), NOW + 9)).toBe(ANN);
      expect(await later.resetLinks.find(sha256('a'), NOW + 10)).toBeUndefined();
      expect(await later.resetLinks.find(sha256('b'), NOW)).toBeUndefined();
    });

    it("replace older ones of their user, and nobody else's", async () => {
      const { resetLinks } = await withUsers(await place().open());
      await resetLinks.replace({ hash: sha256('a'), userId: ANN, expiresAt: NOW + 10 });
      await resetLinks.replace({ hash: sha256('b'), userId: BEN, expiresAt: NOW + 10 });
      await resetLinks.replace({ hash: sha256('c'), userId: ANN, expiresAt: NOW + 10 });
      expect(await resetLinks.find(sha256('a'), NOW)).toBeUndefined();
      expect(await resetLinks.find(sha256('b'), NOW)).toBe(BEN);
      expect(await resetLinks.find(sha256('c'), NOW)).toBe(ANN);
    });

    it('are used up once, which revokes the logins that the user has then', async () => {
      const { resetLinks, logins } = await withUsers(await place().open());
      await login(logins, ANN, 'one');
      await login(logins, ANN, 'two');
      await login(logins, BEN, 'other');
      await logins.revoke('two', NOW - 5);
      await resetLinks.replace({ hash: sha256('a'), userId: ANN, expiresAt: NOW + 10 });
      expect(await resetLinks.use(sha256('a'), '$hash', NOW + 10)).toBeUndefined();
      expect((await logins.find('one'))?.revokedAt).toBeNull();
      expect(await resetLinks.use(sha256('a'), '$hash', NOW)).toEqual({
        userId: ANN,
        revokedLogins: ['one'],
      });
      expect(await resetLinks.use(sha256('a'), '$hash', NOW)).toBeUndefined();
      expect((await logins.find('one'))?.revokedAt).toBe(NOW);
      expect((await logins.find('two'))?.revokedAt).toBe(NOW - 5);
      expect((await logins.find('other'))?.revokedAt).toBeNull();
    });

    it('go when they have expired', async () => {
      const { resetLinks, expiry } = await withUsers(await place().open());
      await resetLinks.replace({ hash: sha256('a'), userId: ANN, expiresAt: NOW });
      await resetLinks.replace({ hash: sha256('b'), userId: BEN, expiresAt: NOW + 1 });
      expect((await expiry.slice({ now: NOW, until: 0 }, 20)).rows).toBe(1);
      expect((await expiry.slice({ now: NOW, until: 0 }, 20)).rows).toBe(0);
      expect(await resetLinks.find(sha256('b'), NOW)).toBe(BEN);
    });
  });

  describe(`invitations to register in ${name}`, () => {
    it('are listed, oldest first, without what they are known by', async () => {
      const { registrationInvites } = await place().open();
      await registrationInvites.insert(invite('late', { createdAt: NOW + 1, uses: 3 }), 9);
      await registrationInvites.insert(invite('early', { expiresAt: NOW + 5 }), 9);
      const late = { id: 'late', uses: 3, used: 0, createdAt: NOW + 1, expiresAt: null };
      const early = { id: 'early', uses: null, used: 0, createdAt: NOW, expiresAt: NOW + 5 };
      expect(await registrationInvites.list(NOW)).toEqual([early, late]);
      expect(await registrationInvites.list(NOW + 5)).toEqual([late]);
    });

    it('are removed by their id', async () => {
      const { registrationInvites } = await place().open();
      await registrationInvites.insert(invite('a'), 9);
      expect(await registrationInvites.remove('b')).toBe(false);
      expect(await registrationInvites.remove('a')).toBe(true);
      expect(await registrationInvites.remove('a')).toBe(false);
      expect(await registrationInvites.list(NOW)).toEqual([]);
    });

    it('have a bound, to which expired ones do not count', async () => {
      const { registrationInvites } = await place().open();
      expect(await registrationInvites.insert(invite('a', { expiresAt: NOW + 5 }), 2)).toBe(true);
      expect(await registrationInvites.insert(invite('b'), 2)).toBe(true);
      expect(await registrationInvites.insert(invite('c', { createdAt: NOW + 4 }), 2)).toBe(false);
      expect(await registrationInvites.insert(invite('c', { createdAt: NOW + 5 }), 2)).toBe(true);
      expect((await registrationInvites.list(NOW)).map(({ id }) => id)).toEqual(['b', 'c']);
    });

    it('go when they have expired', async () => {
      const { registrationInvites, expiry } = await place().open();
      await registrationInvites.insert(invite('a', { expiresAt: NOW }), 9);
      await registrationInvites.insert(invite('b', { expiresAt: NOW + 1 }), 9);
      await registrationInvites.insert(invite('c'), 9);
      expect((await expiry.slice({ now: NOW, until: 0 }, 20)).rows).toBe(1);
      expect((await registrationInvites.list(0)).map(({ id }) => id)).toEqual(['b', 'c']);
    });
  });
}

async function withUsers(store: Store): Promise<Store> {
  for (const id of [ANN, BEN]) {
    await store.users.insert({ id, kind: 'registered', username: id, displayName: null, createdAt: NOW });
  }
  return store;
}

async function login(logins: Store['logins'], userId: UserId, loginId: string): Promise<void> {
  await logins.begin(userId, NOW, { hash: sha256(loginId), loginId, expiresAt: NOW + 10 });
}

function invite(id: string, over: Partial<NewRegistrationInvite> = {}): NewRegistrationInvite {
  return { id, hash: sha256(id), uses: null, createdAt: NOW, expiresAt: null, ...over };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
