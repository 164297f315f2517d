import { describe, expect, it } from 'vitest';
import { DELETION_SQL } from '../../../src/store/sqlite/deletion.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { EXPIRY_SQL } from '../../../src/store/sqlite/expiry.ts';
import { REMAINS_SQL } from '../../../src/store/sqlite/remains.ts';
import { RESET_SQL } from '../../../src/store/sqlite/reset-links.ts';
import { DUE_ROOMS_SQL, NEXT_DUE_ROOM_SQL } from '../../../src/store/sqlite/rooms.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

describe('what expires or is reset in SQLite', () => {
  it.each(
    Object.entries({
      ...EXPIRY_SQL,
      ...RESET_SQL,
      ...DELETION_SQL,
      ...REMAINS_SQL,
      dueRooms: DUE_ROOMS_SQL,
      nextDue: NEXT_DUE_ROOM_SQL,
    }),
  )('is found by an index: %s', (_, sql) => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const database = new Database(path, { readonly: true });
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(
        ...(sql.includes(':')
          ? [{ now: 0, until: 0, id: '', userId: '', roomId: '', upTo: '', max: 0 }]
          : Array(sql.split('?').length - 1).fill('')),
      );
    database.close();
    const steps = plan.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH|USE TEMP)/.test(detail));
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) expect(step).toMatch(/^SEARCH .* USING (COVERING )?(INDEX|PRIMARY KEY)/);
  });
});
