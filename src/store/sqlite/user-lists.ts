import { endOfPrefix, fold } from '../../lib/fold.ts';
import type { UserListPage, UserListPlace, UserListRequest, UserListStore, UserRow } from '../contract.ts';
import type { Connection } from './driver.ts';
import { USER_COLUMNS } from './users.ts';

/**
 * Max entries of the index by username that one page reads. Users whose name begins with the prefix too were listed
 * before and are skipped, so a page may be empty though there are more.
 */
export const ENTRIES_PER_PAGE = 1_000;

/** Every statement reads an index in its order, so it costs the same in a large table. A test reads the query plans. */
export const USER_LIST_SQL = {
  byName: `SELECT ${USER_COLUMNS}, name_key AS nameKey FROM users
    WHERE kind <> 'guest' AND (name_key, id) > (:name, :id) AND name_key < :end
    ORDER BY name_key, id LIMIT :limit`,
  /** No column but those of the index. */
  byUsername: `SELECT username AS name, id, name_key >= :prefix AND name_key < :end AS isListed FROM users
    WHERE kind <> 'guest' AND (username, id) > (:name, :id) AND username < :end
    ORDER BY username, id LIMIT :limit`,
  user: `SELECT ${USER_COLUMNS} FROM users WHERE id = ?`,
} as const;

/** Above every text: SQLite sorts blobs after texts. */
const ABOVE_ALL = Buffer.alloc(0);
/** Usernames have no other characters. */
const USERNAME = /^[a-z0-9_-]+$/;

interface Range {
  readonly name: string;
  readonly id: string;
  readonly end: string | Buffer;
  readonly limit: number;
}
interface Entry {
  readonly name: string;
  readonly id: string;
  readonly isListed: 0 | 1;
}

export function createUserListStore(database: Connection) {
  const byName = database.prepare<[Range], UserRow & { nameKey: string }>(USER_LIST_SQL.byName);
  const byUsername = database.prepare<[Range & { prefix: string }], Entry>(USER_LIST_SQL.byUsername);
  const find = database.prepare<[string], UserRow>(USER_LIST_SQL.user);

  /** Users whose name begins with the prefix; one more than `limit` shows whether there are more. */
  function named(prefix: string, after: UserListPlace | null, limit: number) {
    const { name, id } = after ?? { name: prefix, id: '' };
    const end = endOfPrefix(prefix) ?? ABOVE_ALL;
    return byName.all({ name, id, end, limit: limit + 1 }).map(({ nameKey, ...user }) => ({
      user,
      place: { foundBy: 'name', name: nameKey, id: user.id } as const,
    }));
  }

  /** Users whose username begins with the prefix, and whose name doesn't. */
  function others(prefix: string, after: UserListPlace, limit: number): UserListPage {
    if (!USERNAME.test(prefix)) return { users: [], next: null };
    const end = endOfPrefix(prefix) ?? ABOVE_ALL;
    const { name, id } = after;
    const entries = byUsername.all({ prefix, name, id, end, limit: ENTRIES_PER_PAGE });
    const found = entries.filter(({ isListed }) => isListed === 0);
    const page = found.slice(0, limit);
    const users = page.flatMap(({ id: found }) => find.get(found) ?? []);
    if (found.length > limit) return { users, next: placeOf(page.at(-1)) ?? after };
    return { users, next: entries.length < ENTRIES_PER_PAGE ? null : placeOf(entries.at(-1)) };
  }

  const page = database.transaction(({ prefix, after, limit }: UserListRequest): UserListPage => {
    const key = fold(prefix);
    if (after?.foundBy === 'username') return others(key, after, limit);
    const found = named(key, after, limit);
    const users = found.slice(0, limit).map(({ user }) => user);
    if (found.length > limit) return { users, next: found[limit - 1]?.place ?? null };
    const more = others(key, { foundBy: 'username', name: key, id: '' }, limit - users.length);
    return { users: [...users, ...more.users], next: more.next };
  });

  return { page } satisfies UserListStore;
}

function placeOf(entry: Entry | undefined): UserListPlace | null {
  return entry === undefined ? null : { foundBy: 'username', name: fold(entry.name), id: entry.id };
}
