import type { UserId } from '../../domain/ids.ts';
import type { UserRole } from '../../protocol/fields.ts';
import type { AdminStore, Edited, UserRow } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { USER_COLUMNS } from './users.ts';

/** Every statement finds its rows by an index; a test reads the query plans. */
export const ADMIN_SQL = {
  one: "SELECT 1 FROM users WHERE role = 'admin' LIMIT 1",
  all: "SELECT id FROM users WHERE role = 'admin'",
  promote: "UPDATE users SET role = 'admin' WHERE email_key = ? AND role IS NOT 'admin'",
  byEmail: 'SELECT 1 FROM users WHERE email_key = ?',
  find: `SELECT ${USER_COLUMNS} FROM users WHERE id = ?`,
  another: "SELECT 1 FROM users WHERE role = 'admin' AND id <> ? LIMIT 1",
  setRole: 'UPDATE users SET role = ? WHERE id = ?',
} as const;

export function createAdminStore(database: Connection, { durably }: Batch) {
  const one = database.prepare<[], 1>(ADMIN_SQL.one).pluck();
  const all = database.prepare<[], UserId>(ADMIN_SQL.all).pluck();
  const promote = database.prepare<[string]>(ADMIN_SQL.promote);
  const byEmail = database.prepare<[string], 1>(ADMIN_SQL.byEmail).pluck();
  const find = database.prepare<[string], UserRow>(ADMIN_SQL.find);
  const another = database.prepare<[string], 1>(ADMIN_SQL.another).pluck();
  const writeRole = database.prepare<[UserRole | null, string]>(ADMIN_SQL.setRole);

  const setRole = database.transaction(
    (id: string, role: UserRole | null): Edited | 'guest' | 'last_admin' | undefined => {
      const before = find.get(id);
      if (before === undefined) return undefined;
      if (before.role === role) return { before, after: before };
      if (before.kind === 'guest') return 'guest';
      if (role === null && another.get(id) === undefined) return 'last_admin';
      writeRole.run(role, id);
      return { before, after: { ...before, role } };
    },
  );

  return {
    exist: (): boolean => one.get() !== undefined,
    ids: (): UserId[] => all.all(),
    promote: durably((emailKey: string): 'promoted' | 'before' | undefined => {
      if (promote.run(emailKey).changes === 1) return 'promoted';
      return byEmail.get(emailKey) === undefined ? undefined : 'before';
    }),
    setRole: durably(setRole.immediate),
  } satisfies AdminStore;
}
