import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/domain/ids.ts';
import { fold } from '../../src/lib/fold.ts';
import type { Store, UserListPlace, UserRow } from '../../src/store/contract.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;
const ANY = () => true;

/** Tests how any store must edit and list users. */
export function usersContract(name: string, place: () => StorePlace): void {
  describe(`an edit of a user in ${name}`, () => {
    it('sets what is given, and tells how the user was and is', async () => {
      const { users } = await withPeople(place(), { ann: ['ann', 'Ann'] });
      const edited = await users.edit(ANN, { displayName: 'Ann Lee', bio: 'x', username: undefined }, ANY);
      expect(edited).toMatchObject({
        before: { username: 'ann', displayName: 'Ann', bio: null },
        after: { username: 'ann', displayName: 'Ann Lee', bio: 'x' },
      });
      expect(await users.find(ANN)).toMatchObject({ username: 'ann', displayName: 'Ann Lee', bio: 'x' });
      expect(await users.edit(ANN, { username: null, bio: null }, ANY)).toMatchObject({
        after: { username: null, bio: null },
      });
      expect(await users.edit('nobody', { bio: 'x' }, ANY)).toBeUndefined();
    });

    it('[HT8] is refused if the user is not as expected, and changes nothing', async () => {
      const { users } = await withPeople(place(), { ann: ['ann', 'Ann'] });
      const seen: UserRow[] = [];
      const refuse = (user: UserRow): boolean => {
        seen.push(user);
        return false;
      };
      expect(await users.edit(ANN, { bio: 'x' }, refuse)).toBe('unexpected');
      expect(seen).toEqual([await users.find(ANN)]);
      expect(seen).toMatchObject([{ bio: null }]);
    });

    it('[AC1] is refused whole if the username is taken, ignoring case', async () => {
      const { users } = await withPeople(place(), { ann: ['ann', 'Ann'], bob: ['Bob', 'Bob'] });
      expect(await users.edit(ANN, { username: 'bOB', bio: 'x' }, ANY)).toBe('username_taken');
      expect(await users.find(ANN)).toMatchObject({ username: 'ann', bio: null });
      expect(await users.edit(ANN, { username: 'ANN' }, ANY)).toMatchObject({ after: { username: 'ANN' } });
    });

    it('tells by the same object that nothing has changed', async () => {
      const { users } = await withPeople(place(), { ann: ['ann', 'Ann'] });
      const edited = await users.edit(ANN, { username: 'ann', bio: null }, ANY);
      if (typeof edited !== 'object') throw new Error(`refused: ${edited}`);
      expect(edited.after).toBe(edited.before);
      const said = await users.setStatus(ANN, 'online', null);
      expect(said?.after).toBe(said?.before);
    });

    it('[AC4] keeps the status in the words of the user', async () => {
      const { users } = await withPeople(place(), { ann: ['ann', 'Ann'] });
      await users.setStatus(ANN, 'dnd', 'busy');
      expect(await users.setStatus(ANN, 'idle', undefined)).toMatchObject({
        before: { status: 'dnd', customStatus: 'busy' },
        after: { status: 'idle', customStatus: 'busy' },
      });
      expect(await users.setStatus(ANN, 'idle', null)).toMatchObject({ after: { customStatus: null } });
      expect(await users.find(ANN)).toMatchObject({ status: 'idle', customStatus: null });
      expect(await users.setStatus('nobody', 'idle', null)).toBeUndefined();
    });

    it('[TK1] takes over the names of a token that are there and free', async () => {
      const { users } = await withPeople(place(), { ann: ['ann', 'Ann'], bob: ['bob', 'Bob'] });
      await users.takeNamesSoon(ANN, { username: 'BOB', displayName: 'Ann Lee' });
      expect(await users.find(ANN)).toMatchObject({ username: 'ann', displayName: 'Ann Lee' });
      await users.takeNamesSoon(ANN, { username: 'ann_lee', displayName: null });
      expect(await users.find(ANN)).toMatchObject({ username: 'ann_lee', displayName: 'Ann Lee' });
      await users.takeNamesSoon('nobody' as UserId, { username: 'x_y', displayName: null });
    });
  });

  describe(`lists of users in ${name}`, () => {
    it('leave guests out until they register', async () => {
      const { users, userLists } = await withPeople(place(), { ann: ['ann', 'Ann'] });
      const guest = { id: 'gus' as UserId, kind: 'guest', username: 'gus', displayName: null } as const;
      await users.insert({ ...guest, createdAt: NOW });
      const page = await userLists.page({ prefix: '', after: null, limit: 9 });
      expect(page).toEqual({ users: [await users.find(ANN)], next: null });
    });

    it('[HT4] have everybody whose username or display name begins so, once, in pages of any size', async () => {
      const letters = fc.constantFrom('a', 'A', 'b', 'ö', 'Ö', 'ж', 'ß', '%', '_', '\u{10FFFF}');
      const displayName = fc.option(fc.string({ unit: letters, minLength: 1, maxLength: 4 }));
      const word = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '_', '-'), minLength: 3, maxLength: 4 });
      const username = fc.option(word);
      const prefix = fc.string({ unit: letters, maxLength: 2 });
      const people = fc.uniqueArray(fc.tuple(username, displayName), {
        maxLength: 12,
        selector: ([name]) => name?.toLowerCase() ?? Symbol(),
      });
      await fc.assert(
        fc.asyncProperty(people, prefix, fc.integer({ min: 1, max: 5 }), async (all, q, limit) => {
          const store = await withPeople(place(), Object.fromEntries(all.entries()));
          const begins = (text: string | null) => text !== null && fold(text).startsWith(fold(q));
          const expected = Object.entries(all)
            .filter(([, names]) => q === '' || names.some(begins))
            .map(([id]) => id);
          const { ids, sizes } = await listed(store, q, limit);
          expect(ids.toSorted()).toEqual(expected.toSorted());
          for (const size of sizes.slice(0, -1)) expect(size).toBe(limit);
          await store.close();
        }),
        { numRuns: 40 },
      );
    });
  });
}

type Names = readonly [username: string | null, displayName: string | null];

async function withPeople(place: StorePlace, people: Readonly<Record<string, Names>>): Promise<Store> {
  const store = await place.open();
  for (const [id, [username, displayName]] of Object.entries(people)) {
    const user = { id: id as UserId, kind: 'external', username, displayName, createdAt: NOW } as const;
    expect(await store.users.insertSoon(user)).toBe(true);
  }
  return store;
}

/** Ids on all pages, and the number on each. */
async function listed({ userLists }: Store, prefix: string, limit: number) {
  const ids: string[] = [];
  const sizes: number[] = [];
  let after: UserListPlace | null = null;
  for (;;) {
    const { users, next }: Awaited<ReturnType<typeof userLists.page>> = await userLists.page({
      prefix,
      after,
      limit,
    });
    ids.push(...users.map(({ id }) => id));
    sizes.push(users.length);
    if (next === null) return { ids, sizes };
    after = next;
  }
}
