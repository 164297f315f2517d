import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { WEBHOOK_LIST_SQL } from '../../../src/store/sqlite/webhook-lists.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

describe('pages of deliveries in SQLite', () => {
  it.each(Object.entries(WEBHOOK_LIST_SQL))('are read from an index, in its order: %s', (_, sql) => {
    const plan = planOf(sql, [{ from: 1, skip: 0, limit: 1 }]);
    expect(plan[0]).toMatch(
      /^SEARCH [de] USING (INTEGER PRIMARY KEY|(COVERING )?INDEX webhook_deliveries_\w+) \(/,
    );
    expect(plan.join('\n')).not.toMatch(/SCAN/);
    // Those of one event may be sorted; the list isn't.
    expect(plan.join('\n')).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
  });
});

function planOf(sql: string, values: readonly unknown[]): string[] {
  const path = temporaryDatabase();
  temporaryStore(path);
  const database = new Database(path, { readonly: true });
  const plan = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
  database.close();
  return plan.map(({ detail }) => detail);
}
