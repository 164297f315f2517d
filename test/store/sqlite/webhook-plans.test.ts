import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { WEBHOOK_SQL } from '../../../src/store/sqlite/webhooks.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

describe('webhooks in SQLite', () => {
  it.each(Object.entries(WEBHOOK_SQL))('are found by an index, in its order: %s', (_, sql) => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const database = new Database(path, { readonly: true });
    const named = {
      url: 'u',
      lane: 'l',
      now: 1,
      max: 1,
      after: 1,
      until: 1,
      keep: 1,
      limit: 1,
      id: 'i',
      number: 1,
    };
    const positions = sql.split('?').length - 1;
    const values =
      positions > 0 ? Array.from({ length: positions }, () => 1) : sql.includes(':') ? [named] : [];
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map(({ detail }) => detail)
      .join('\n');
    database.close();
    // A scan of the primary key, newest first, ends at its limit.
    const isList = sql.includes('ORDER BY e.number DESC');
    expect(plan).not.toMatch(isList ? /SCAN d/ : /SCAN (?!CONSTANT)|TEMP B-TREE/);
    expect(plan).toMatch(/SEARCH/);
  });
});
