import { describe, expect, it } from 'vitest';
import { CALL_SQL } from '../../../src/store/sqlite/calls.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { ROOM_LIST_SQL } from '../../../src/store/sqlite/room-lists.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

describe('rooms and their calls in SQLite', () => {
  it.each(Object.entries({ ...ROOM_LIST_SQL, ...CALL_SQL }))(
    'are found by an index, in its order: %s',
    (_, sql) => {
      const path = temporaryDatabase();
      temporaryStore(path);
      const database = new Database(path, { readonly: true });
      const named = { userId: 'a', createdAt: 1, id: 'a', expiresAt: 1, until: 1, max: 1, limit: 1 };
      const values = { ...named, roomId: 'r', startedAt: 1, endedAfter: 1 };
      const positions = sql.split('?').length - 1;
      const plan = database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...(sql.includes(':') ? [values] : Array.from({ length: positions }, () => 1)));
      database.close();
      const steps = plan.map(({ detail }) => detail).join('\n');
      expect(steps).not.toMatch(/^SCAN (rooms|calls|call_participants)$|TEMP B-TREE/m);
      expect(steps).toMatch(/SEARCH (rooms|calls|call_participants) USING/);
    },
  );
});
