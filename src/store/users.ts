import type { Database } from 'better-sqlite3';
import type { UserId } from '../lib/ids.ts';
import type { UserKind, UserStatus } from '../protocol/fields.ts';
import type { Batch } from './batch.ts';

export interface UserRow {
  readonly id: UserId;
  readonly kind: UserKind;
  readonly username: string | null;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly status: UserStatus;
  readonly avatarUrl: string | null;
  readonly bio: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export type NewUser = Pick<UserRow, 'id' | 'kind' | 'username' | 'displayName' | 'createdAt'>;

const COLUMNS = `users.id, users.kind, users.username, users.display_name AS displayName, users.email, users.status,
  users.avatar_url AS avatarUrl, users.bio, users.created_at AS createdAt`;

export function createUserStore(database: Database, { now, soon }: Batch) {
  const insert = database.prepare<[NewUser]>(
    `INSERT INTO users (id, kind, username, display_name, created_at)
     VALUES (:id, :kind, :username, :displayName, :createdAt) ON CONFLICT DO NOTHING`,
  );
  const find = database.prepare<[string], UserRow>(`SELECT ${COLUMNS} FROM users WHERE id = ?`);
  const sweepGuests = database.prepare<[number]>(
    `DELETE FROM users WHERE kind = 'guest' AND created_at <= ?
       AND NOT EXISTS (SELECT 1 FROM logins WHERE logins.user_id = users.id)`,
  );
  return {
    /** @returns false when the id or the username (in any case of letters) is taken */
    insert: now((user: NewUser): boolean => insert.run(user).changes === 1),
    /** The same for a user that the next token brings again if this turn's writes are lost. */
    insertSoon: (user: NewUser): boolean => soon(() => insert.run(user).changes === 1),
    find: (id: string): UserRow | undefined => find.get(id),
    /**
     * Removes guests that nobody can sign in as any more, which frees their names.
     * @param createdUntil only those made at or before it, in ms since 1970
     * @returns how many went
     */
    sweepGuests: now((createdUntil: number): number => sweepGuests.run(createdUntil).changes),
  };
}
