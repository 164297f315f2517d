import type { NewUser, UserRow, UserStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

/** Of a `UserRow`. */
export const USER_COLUMNS = `id, kind, username, display_name AS displayName, email, status,
  custom_status AS customStatus, avatar_url AS avatarUrl, bio, role, created_at AS createdAt`;

export function createUserStore(database: Connection, { now, soon }: Batch) {
  const insert = database.prepare<[NewUser]>(
    `INSERT INTO users (id, kind, username, display_name, created_at)
     VALUES (:id, :kind, :username, :displayName, :createdAt) ON CONFLICT DO NOTHING`,
  );
  const find = database.prepare<[string], UserRow>(`SELECT ${USER_COLUMNS} FROM users WHERE id = ?`);
  return {
    insert: now((user: NewUser): boolean => insert.run(user).changes === 1),
    insertSoon(user: NewUser): boolean {
      let isInserted = true;
      soon(() => {
        isInserted = insert.run(user).changes === 1;
      });
      return isInserted;
    },
    find: (id: string): UserRow | undefined => find.get(id),
  } satisfies UserStore;
}
