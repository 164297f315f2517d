import type { UserId } from '../../domain/ids.ts';
import type { OidcPerson, OidcUser, OidcUserStore, UserRow } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { nameKeyOf, USER_COLUMNS } from './users.ts';

/** A test reads the query plans. */
export const OIDC_SQL = {
  find: `SELECT ${USER_COLUMNS} FROM users
    WHERE id = (SELECT user_id FROM oidc_users WHERE issuer = :issuer AND subject = :subject)`,
  update: `UPDATE users SET display_name = :displayName, name_key = :nameKey, avatar_url = :avatarUrl, role = :role
    WHERE id = :id`,
  // IGNORE: a taken username changes nothing.
  rename: 'UPDATE OR IGNORE users SET username = :username WHERE id = :id',
} as const;

type Renaming = Pick<UserRow, 'id' | 'username'>;

/** Users who sign in at an OpenID provider [TK6]. */
export function createOidcUserStore(database: Connection, { durably }: Batch) {
  const find = database.prepare<[Pick<OidcPerson, 'issuer' | 'subject'>], UserRow>(OIDC_SQL.find);
  const insertUser = database.prepare<[{ id: UserId; at: number }]>(
    `INSERT INTO users (id, kind, name_key, created_at) VALUES (:id, 'external', '', :at)`,
  );
  const insertPerson = database.prepare<[{ issuer: string; subject: string; id: UserId }]>(
    'INSERT INTO oidc_users (issuer, subject, user_id) VALUES (:issuer, :subject, :id)',
  );
  const rename = database.prepare<[Renaming]>(OIDC_SQL.rename);
  const update = database.prepare<[UserRow & { nameKey: string }]>(OIDC_SQL.update);

  function stored({ issuer, subject }: OidcPerson): UserRow {
    const user = find.get({ issuer, subject });
    if (user === undefined) throw new Error('a user that was just stored is gone');
    return user;
  }

  const signIn = database.transaction((person: OidcPerson, newId: UserId, at: number): OidcUser => {
    const { issuer, subject, username, displayName, avatarUrl, role } = person;
    const before = find.get({ issuer, subject });
    if (before === undefined) {
      insertUser.run({ id: newId, at });
      insertPerson.run({ issuer, subject, id: newId });
    }
    const user = before ?? stored(person);
    if (username !== null && username !== user.username) rename.run({ id: user.id, username });
    const after = {
      ...stored(person),
      displayName: displayName ?? user.displayName,
      avatarUrl: avatarUrl ?? user.avatarUrl,
      role,
    };
    if (!isSame(user, after) || before === undefined) update.run({ ...after, nameKey: nameKeyOf(after) });
    return { user: after, isChanged: before !== undefined && !isSame(before, after) };
  });

  // IMMEDIATE, because a transaction that starts with a read can't always be upgraded to a write.
  return { signIn: durably(signIn.immediate) } satisfies OidcUserStore;
}

function isSame(one: UserRow, other: UserRow): boolean {
  return (
    one.username === other.username &&
    one.displayName === other.displayName &&
    one.avatarUrl === other.avatarUrl &&
    one.role === other.role
  );
}
