import type { UserId } from '../../domain/ids.ts';
import { fold } from '../../lib/fold.ts';
import type { UserStatus } from '../../protocol/fields.ts';
import type { Edited, NewUser, ProfileChange, UserRow, UserStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

/** Of a `UserRow`. */
export const USER_COLUMNS = `id, kind, username, display_name AS displayName, email, status,
  custom_status AS customStatus, avatar_url AS avatarUrl, bio, role, created_at AS createdAt`;

type Names = Pick<UserRow, 'username' | 'displayName'>;

/** Returns the column `name_key`. Whatever writes a username or a display name writes it too. */
export function nameKeyOf({ username, displayName }: Names): string {
  return fold(displayName ?? username ?? '');
}

export function createUserStore(database: Connection, { now, soon }: Batch) {
  const insert = database.prepare<[NewUser & { nameKey: string }]>(
    `INSERT INTO users (id, kind, username, display_name, name_key, created_at)
     VALUES (:id, :kind, :username, :displayName, :nameKey, :createdAt) ON CONFLICT DO NOTHING`,
  );
  const find = database.prepare<[string], UserRow>(`SELECT ${USER_COLUMNS} FROM users WHERE id = ?`);
  // IGNORE: a taken username changes nothing.
  const write = database.prepare<[UserRow & { nameKey: string }]>(
    `UPDATE OR IGNORE users SET username = :username, display_name = :displayName, name_key = :nameKey, bio = :bio,
       avatar_url = :avatarUrl WHERE id = :id`,
  );
  const say = database.prepare<[Pick<UserRow, 'id' | 'status' | 'customStatus'>]>(
    'UPDATE users SET status = :status, custom_status = :customStatus WHERE id = :id',
  );

  const add = (user: NewUser): boolean => insert.run({ ...user, nameKey: nameKeyOf(user) }).changes === 1;
  const replace = (user: UserRow): boolean => write.run({ ...user, nameKey: nameKeyOf(user) }).changes === 1;

  const edit = database.transaction(
    (id: string, change: ProfileChange, isExpected: (user: UserRow) => boolean) => {
      const before = find.get(id);
      if (before === undefined) return undefined;
      if (!isExpected(before)) return 'unexpected';
      const after = changed(before, change);
      if (isSame(before, after)) return { before, after: before };
      return replace(after) ? { before, after } : 'username_taken';
    },
  );
  const setStatus = database.transaction(
    (id: string, status: UserStatus, customStatus: string | null | undefined): Edited | undefined => {
      const before = find.get(id);
      if (before === undefined) return undefined;
      const after = {
        ...before,
        status,
        customStatus: customStatus === undefined ? before.customStatus : customStatus,
      };
      if (after.status === before.status && after.customStatus === before.customStatus)
        return { before, after: before };
      say.run(after);
      return { before, after };
    },
  );
  function takeNames(id: UserId, { username, displayName }: Names): void {
    const before = find.get(id);
    if (before === undefined) return;
    const renamed = { ...before, displayName: displayName ?? before.displayName };
    if (username !== null && replace({ ...renamed, username })) return;
    if (!isSame(before, renamed)) replace(renamed);
  }

  return {
    insert: now(add),
    insertSoon(user: NewUser): boolean {
      let isInserted = true;
      soon(() => {
        isInserted = add(user);
      });
      return isInserted;
    },
    find: (id: string): UserRow | undefined => find.get(id),
    // IMMEDIATE, because a transaction that starts with a read can't always be upgraded to a write.
    edit: now(edit.immediate),
    setStatus: now(setStatus.immediate),
    takeNamesSoon(id: UserId, names: Names): void {
      soon(() => takeNames(id, names));
    },
  } satisfies UserStore;
}

function changed(user: UserRow, { username, displayName, bio, avatarUrl }: ProfileChange): UserRow {
  return {
    ...user,
    username: username === undefined ? user.username : username,
    displayName: displayName === undefined ? user.displayName : displayName,
    bio: bio === undefined ? user.bio : bio,
    avatarUrl: avatarUrl === undefined ? user.avatarUrl : avatarUrl,
  };
}

function isSame(one: UserRow, other: UserRow): boolean {
  return (
    one.username === other.username &&
    one.displayName === other.displayName &&
    one.bio === other.bio &&
    one.avatarUrl === other.avatarUrl
  );
}
