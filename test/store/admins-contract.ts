import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/domain/ids.ts';
import type { Registration } from '../../src/store/contract.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

/** Tests what any store must know of admins. */
export function adminsContract(name: string, place: () => StorePlace): void {
  describe(`admins in ${name}`, () => {
    it('are users who registered as such, or were promoted', async () => {
      const { admins, credentials, users } = await place().open();
      expect([await admins.exist(), await admins.ids()]).toEqual([false, []]);
      await credentials.register(registration('ann'));
      await credentials.register(registration('ben', { role: 'admin' }));
      expect([await admins.exist(), await admins.ids()]).toEqual([true, ['ben']]);
      expect(await admins.promote('ann@example.org')).toBe('promoted');
      expect(await admins.promote('ann@example.org')).toBe('before');
      expect(await admins.promote('cid@example.org')).toBeUndefined();
      expect([...(await admins.ids())].sort()).toEqual(['ann', 'ben']);
      expect(await users.find('ann')).toMatchObject({ role: 'admin', kind: 'registered' });
      expect((await credentials.findByEmail('ann@example.org'))?.passwordHash).toBe('hash of ann');
    });

    it('[TK7] are not registered as the first one if there is one', async () => {
      const { admins, credentials, users } = await place().open();
      const first = (id: string) => registration(id, { role: 'admin', onlyWithoutAdmin: true });
      await credentials.register(registration('ann'));
      expect(await credentials.register({ ...first('ann'), userId: 'new' as UserId })).toBe('email_taken');
      expect(await credentials.register(first('ben'))).toBe('registered');
      expect(await credentials.register(first('cid'))).toBe('admin_exists');
      expect(await users.find('cid')).toBeUndefined();
      expect(await admins.ids()).toEqual(['ben']);
    });

    it('are noticed if another process has made them', async () => {
      const where = place();
      const [here, there] = [await where.open(), await where.open()];
      await here.changedElsewhere();
      await here.credentials.register(registration('ann'));
      expect(await here.changedElsewhere()).toBe(false);
      await there.admins.promote('ann@example.org');
      expect(await here.changedElsewhere()).toBe(true);
      expect(await here.admins.ids()).toEqual(['ann']);
      expect(await here.changedElsewhere()).toBe(false);
    });
  });
}

/** A registration without a login. */
function registration(id: string, over: Partial<Registration> = {}): Registration {
  return {
    userId: id as UserId,
    isGuest: false,
    username: id,
    displayName: null,
    email: `${id}@Example.org`,
    emailKey: `${id}@example.org`,
    passwordHash: `hash of ${id}`,
    role: null,
    at: NOW,
    invite: null,
    token: null,
    ...over,
  };
}
