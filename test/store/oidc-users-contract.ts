import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/domain/ids.ts';
import type { OidcPerson } from '../../src/store/contract.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ADA: OidcPerson = {
  issuer: 'https://id.example.org',
  subject: '17',
  username: 'ada',
  displayName: 'Ada',
  avatarUrl: 'https://example.org/ada.png',
  role: null,
};
const id = (text: string) => text as UserId;

/** Tests what any store must do with users who sign in at an OpenID provider. */
export function oidcUsersContract(name: string, place: () => StorePlace): void {
  describe(`users of an OpenID provider in ${name}`, () => {
    it('[TK6] are created once, found by issuer and subject, and outlive a restart', async () => {
      const home = place();
      const before = await home.open();
      const first = await before.oidcUsers.signIn(ADA, id('one'), NOW);
      expect(first).toMatchObject({
        isChanged: false,
        user: { id: 'one', kind: 'external', username: 'ada', displayName: 'Ada', createdAt: NOW },
      });
      await before.close();
      const { users, oidcUsers } = await home.open();
      expect(await users.find('one')).toEqual(first.user);
      expect(await oidcUsers.signIn(ADA, id('two'), NOW + 1)).toEqual(first);
      for (const other of [{ issuer: 'https://other.example.org' }, { subject: 'ada' }]) {
        const { user } = await oidcUsers.signIn({ ...ADA, ...other }, id(JSON.stringify(other)), NOW);
        expect(user).toMatchObject({ id: JSON.stringify(other), username: null });
      }
    });

    it('[TK6] get what the provider says, keep what it does not say, and lose a role', async () => {
      const { users, oidcUsers } = await place().open();
      await oidcUsers.signIn({ ...ADA, role: 'admin' }, id('one'), NOW);
      const silent = { ...ADA, username: null, displayName: null, avatarUrl: null };
      const { user, isChanged } = await oidcUsers.signIn(silent, id('two'), NOW);
      expect([user.username, user.displayName, user.role, isChanged]).toEqual(['ada', 'Ada', null, true]);
      const renamed = await oidcUsers.signIn({ ...ADA, username: 'ADA' }, id('two'), NOW);
      expect(renamed).toMatchObject({ isChanged: true, user: { id: 'one', username: 'ADA' } });
      expect(await users.find('one')).toEqual(renamed.user);
    });

    it('[TK6] keep their username if the next one is taken', async () => {
      const { users, oidcUsers } = await place().open();
      const bob = {
        id: id('bob'),
        kind: 'guest',
        username: 'Bob',
        displayName: null,
        createdAt: NOW,
      } as const;
      await users.insert(bob);
      await oidcUsers.signIn(ADA, id('one'), NOW);
      const { user, isChanged } = await oidcUsers.signIn({ ...ADA, username: 'bOB' }, id('two'), NOW);
      expect([user.username, isChanged]).toEqual(['ada', false]);
      const { user: other } = await oidcUsers.signIn(
        { ...ADA, subject: '18', username: 'bob' },
        id('x'),
        NOW,
      );
      expect(other).toMatchObject({ id: 'x', username: null, displayName: 'Ada' });
    });
  });
}
