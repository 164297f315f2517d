import type { UserId } from '../../domain/ids.ts';
import type { AdminStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

/** Every statement finds its rows by an index; a test reads the query plans. */
export const ADMIN_SQL = {
  one: "SELECT 1 FROM users WHERE role = 'admin' LIMIT 1",
  all: "SELECT id FROM users WHERE role = 'admin'",
  promote: "UPDATE users SET role = 'admin' WHERE email_key = ? AND role IS NOT 'admin'",
  byEmail: 'SELECT 1 FROM users WHERE email_key = ?',
} as const;

export function createAdminStore(database: Connection, { durably }: Batch) {
  const one = database.prepare<[], 1>(ADMIN_SQL.one).pluck();
  const all = database.prepare<[], UserId>(ADMIN_SQL.all).pluck();
  const promote = database.prepare<[string]>(ADMIN_SQL.promote);
  const byEmail = database.prepare<[string], 1>(ADMIN_SQL.byEmail).pluck();
  return {
    exist: (): boolean => one.get() !== undefined,
    ids: (): UserId[] => all.all(),
    promote: durably((emailKey: string): 'promoted' | 'before' | undefined => {
      if (promote.run(emailKey).changes === 1) return 'promoted';
      return byEmail.get(emailKey) === undefined ? undefined : 'before';
    }),
  } satisfies AdminStore;
}
