import type { Database } from 'better-sqlite3';
import type { UserId } from '../../domain/ids.ts';
import type { UserKind, UserStatus } from '../../protocol/fields.ts';
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

/** A list in place of an object, as in rooms.ts: users are looked up at each connection. */
type Columns = readonly [
  id: UserId,
  kind: UserKind,
  username: string | null,
  displayName: string | null,
  email: string | null,
  status: UserStatus,
  avatarUrl: string | null,
  bio: string | null,
  createdAt: number,
];

export function createUserStore(database: Database, { now, soon }: Batch) {
  const insert = database.prepare<[NewUser]>(
    `INSERT INTO users (id, kind, username, display_name, created_at)
     VALUES (:id, :kind, :username, :displayName, :createdAt) ON CONFLICT DO NOTHING`,
  );
  const find = database
    .prepare<[string], Columns>(
      `SELECT id, kind, username, display_name, email, status, avatar_url, bio, created_at FROM users WHERE id = ?`,
    )
    .raw();
  return {
    /** @returns false when the id or the username (in any case of letters) is taken */
    insert: now((user: NewUser): boolean => insert.run(user).changes === 1),
    /**
     * The same for a user that the next token brings again if this turn's writes are lost. While the database is
     * locked the row is written later, and true is returned.
     */
    insertSoon(user: NewUser): boolean {
      let isInserted = true;
      soon(() => {
        isInserted = insert.run(user).changes === 1;
      });
      return isInserted;
    },
    find(wanted: string): UserRow | undefined {
      const row = find.get(wanted);
      if (row === undefined) return undefined;
      const [id, kind, username, displayName, email, status, avatarUrl, bio, createdAt] = row;
      return { id, kind, username, displayName, email, status, avatarUrl, bio, createdAt };
    },
  };
}
