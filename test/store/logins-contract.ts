import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/domain/ids.ts';
import { LOGINS_PER_USER, type Store } from '../../src/store/contract.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;
const BEN = 'ben' as UserId;

/** Tests what any store must tell of a user's logins, and how they end. */
export function loginsContract(name: string, place: () => StorePlace): void {
  describe(`the logins of a user in ${name}`, () => {
    it('[AC6] are those that hold, the last used first, with the program that signed in', async () => {
      const { logins } = await withUsers(place());
      await logins.begin(ANN, NOW, { ...token('old', NOW + 100), userAgent: 'Firefox' });
      await logins.begin(ANN, NOW + 1, token('new', NOW + 100));
      await logins.begin(ANN, NOW + 2, token('expired', NOW + 5));
      await logins.begin(ANN, NOW + 2, token('revoked', NOW + 100));
      await logins.begin(BEN, NOW + 2, token("ben's", NOW + 100));
      await logins.revoke('revoked', NOW + 3);
      expect(await logins.ofUser(ANN, NOW + 5)).toEqual([
        { id: 'new', createdAt: NOW + 1, lastUsedAt: NOW + 1, userAgent: null },
        { id: 'old', createdAt: NOW, lastUsedAt: NOW, userAgent: 'Firefox' },
      ]);
      expect(await logins.rotate(sha256('old'), NOW + 4, token('old', NOW + 100, 'second'))).toBe(true);
      expect(await logins.ofUser(ANN, NOW + 5)).toMatchObject([
        { id: 'old', createdAt: NOW, lastUsedAt: NOW + 4, userAgent: 'Firefox' },
        { id: 'new', lastUsedAt: NOW + 1 },
      ]);
    });

    it('[AC6] are revoked together, those of others are not', async () => {
      const { logins } = await withUsers(place());
      for (const id of ['a', 'b', 'c']) await logins.begin(ANN, NOW, token(id, NOW + 10));
      await logins.begin(BEN, NOW, token("ben's", NOW + 10));
      await logins.revoke('b', NOW);
      expect(new Set(await logins.revokeAll(ANN, NOW + 1))).toEqual(new Set(['a', 'c']));
      expect(await logins.revokeAll(ANN, NOW + 2)).toEqual([]);
      expect(await logins.find('c')).toMatchObject({ revokedAt: NOW + 1 });
      expect(await logins.ofUser(ANN, NOW)).toEqual([]);
      expect(await logins.ofUser(BEN, NOW)).toHaveLength(1);
    });

    it('[AC6] have a bound: one more ends the one that was not used for longest', async () => {
      const { logins } = await withUsers(place());
      for (let n = 0; n < LOGINS_PER_USER; n += 1) {
        expect(await logins.begin(ANN, NOW + n, token(`${n}`, NOW + 10_000))).toEqual([]);
      }
      await logins.rotate(sha256('0'), NOW + 5_000, token('0', NOW + 10_000, 'second'));
      expect(await logins.begin(ANN, NOW + 6_000, token('more', NOW + 10_000))).toEqual(['1']);
      expect(await logins.find('1')).toMatchObject({ revokedAt: NOW + 6_000 });
      expect(await logins.ofUser(ANN, NOW)).toHaveLength(LOGINS_PER_USER);
    });

    it('[TK5] get no further token once they are revoked, and use none up', async () => {
      const { logins } = await withUsers(place());
      await logins.begin(ANN, NOW, token('a', NOW + 10));
      await logins.revoke('a', NOW);
      expect(await logins.rotate(sha256('a'), NOW, token('a', NOW + 20, 'second'))).toBe(false);
      expect(await logins.add(token('a', NOW + 20, 'third'), NOW)).toBe(false);
      expect(await logins.add(token('none', NOW + 20), NOW)).toBe(false);
      expect(await logins.findToken(sha256('a'))).toMatchObject({ usedAt: null });
      for (const hash of ['second', 'third', 'none']) {
        expect(await logins.findToken(sha256(hash))).toBeUndefined();
      }
    });
  });
}

function token(loginId: string, expiresAt: number, secret = loginId) {
  return { hash: sha256(secret), loginId, expiresAt };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function withUsers(place: StorePlace): Promise<Store> {
  const store = await place.open();
  for (const id of [ANN, BEN]) {
    await store.users.insert({ id, kind: 'guest', username: null, displayName: null, createdAt: NOW });
  }
  return store;
}
