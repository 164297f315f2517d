import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { INVITATION_SQL } from '../../../src/store/sqlite/room-invitations.ts';
import { RIGHTS_SQL } from '../../../src/store/sqlite/room-rights.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const VALUES = { id: '', roomId: '', userId: '', hash: Buffer.of(), host: 0, send: null, skipKnock: 0 };
const { insert: _, ...FOUND } = INVITATION_SQL;

describe('rights and invitations in SQLite', () => {
  it.each(
    Object.entries({
      ...FOUND,
      findRights: RIGHTS_SQL.find,
      countRights: RIGHTS_SQL.count,
      change: RIGHTS_SQL.change,
    }),
  )('are found by an index: %s', (_, sql) => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const database = new Database(path, { readonly: true });
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...(sql.includes(':') ? [{ ...VALUES, now: 0 }] : Array(sql.split('?').length - 1).fill('')));
    database.close();
    const steps = plan.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH|USE TEMP)/.test(detail));
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps)
      expect(step).toMatch(/^(SEARCH .* USING (COVERING )?(INDEX|PRIMARY KEY)|SCAN CONSTANT ROW)/);
  });
});
