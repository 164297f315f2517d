import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { LOGIN_SQL } from '../../../src/store/sqlite/logins.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

describe('the logins of a user in SQLite', () => {
  it.each(Object.entries(LOGIN_SQL))('are found by an index, without the ended ones: %s', (name, sql) => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const database = new Database(path, { readonly: true });
    const values = { hash: Buffer.alloc(32), loginId: '', expiresAt: 0 };
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...(sql.includes(':') ? [values] : Array(sql.split('?').length - 1).fill('')));
    database.close();
    const steps = plan.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH)/.test(detail));
    expect(steps).toEqual([
      expect.stringContaining(
        /revoke$|addToken/.test(name)
          ? 'sqlite_autoindex_logins_1 (id=?)'
          : 'logins_by_user (user_id=? AND revoked_at=?)',
      ),
    ]);
  });
});
