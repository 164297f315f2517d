import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { EVENTS_PER_PAGE, WEBHOOK_LIST_SQL } from '../../../src/store/sqlite/webhook-lists.ts';
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

  it('[AD5] ends behind 5,000 events of which none was delivered, and says where to go on', () => {
    const { webhooks } = temporaryStore();
    webhooks.setEndpoints([URL]);
    const ids = Array.from({ length: EVENTS_PER_PAGE + 1 }, (_, n) => `event-${n}`);
    const events = ids.map((id) => ({ id, lane: id, type: 'room.created', body: '{}', createdAt: 1 }));
    webhooks.append(events, 1_000_000);
    webhooks.settle({ url: URL, lane: 'event-0', number: 1, triedAt: 2, outcome: '204' }, 'delivered');
    const page = (from: number) => webhooks.page({ state: 'delivered', from, skip: 0, limit: 9 });
    const first = page(Number.MAX_SAFE_INTEGER);
    expect(first).toEqual({ deliveries: [], next: 1 });
    expect(page(first.next ?? 0)).toMatchObject({ deliveries: [{ id: 'event-0' }], next: null });
  });
});

const URL = 'https://one.example.org/';

function planOf(sql: string, values: readonly unknown[]): string[] {
  const path = temporaryDatabase();
  temporaryStore(path);
  const database = new Database(path, { readonly: true });
  const plan = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
  database.close();
  return plan.map(({ detail }) => detail);
}
