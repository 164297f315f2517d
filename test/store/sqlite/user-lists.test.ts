import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../../src/domain/ids.ts';
import type { UserListPage, UserListPlace } from '../../../src/store/contract.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { ENTRIES_PER_PAGE, USER_LIST_SQL } from '../../../src/store/sqlite/user-lists.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const SQLITE = resolve(import.meta.dirname, '../../../src/store/sqlite');

describe('a page of users in SQLite', () => {
  it.each(Object.entries(USER_LIST_SQL))('is read from an index, in its order: %s', (_, sql) => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const database = new Database(path, { readonly: true });
    const values = { name: 'a', id: 'a', prefix: 'a', end: 'b', limit: 1 };
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...(sql.includes(':') ? [values] : ['a']));
    database.close();
    expect(plan.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SEARCH users USING (COVERING )?INDEX/),
    ]);
  });

  it('reads a bounded number of entries, even if all of them were listed before', async () => {
    const { users, userLists } = temporaryStore();
    const count = ENTRIES_PER_PAGE + 5;
    for (let n = 0; n < count; n += 1) {
      const name = `ann_${String(n).padStart(6, '0')}`;
      await users.insertSoon({
        id: name as UserId,
        kind: 'external',
        username: name,
        displayName: name,
        createdAt: 0,
      });
    }
    await users.insertSoon({
      id: 'zoe' as UserId,
      kind: 'external',
      username: 'anna',
      displayName: 'Zoe',
      createdAt: 0,
    });
    const sizes: number[] = [];
    let after: UserListPlace | null = null;
    let last: string | undefined;
    do {
      const page: UserListPage = userLists.page({ prefix: 'ANN', after, limit: 500 });
      sizes.push(page.users.length);
      last = page.users.at(-1)?.id ?? last;
      after = page.next;
    } while (after !== null);
    expect(sizes).toEqual([500, 500, 5, 1]);
    expect(last).toBe('zoe');
  });
});

it('every file that writes names of users writes them without case too', () => {
  const files = readdirSync(SQLITE).filter((file) => file !== 'migrations.ts');
  const written = files.map((file) => {
    const statements =
      readFileSync(join(SQLITE, file), 'utf8').match(
        /INSERT (OR \w+ )?INTO users \([^)]*|UPDATE (OR \w+ )?users SET [\s\S]*?(?=WHERE)/g,
      ) ?? [];
    const sets = (column: RegExp) => statements.some((sql) => column.test(sql));
    return { file, names: sets(/\b(username|display_name)\b/), keys: sets(/\bname_key\b/) };
  });
  expect(written.filter(({ names }) => names).length).toBeGreaterThan(1);
  expect(written.filter(({ names, keys }) => names && !keys)).toEqual([]);
});
