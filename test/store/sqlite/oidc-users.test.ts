import { expect, it } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { OIDC_SQL } from '../../../src/store/sqlite/oidc-users.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const ANYTHING = {
  id: '',
  issuer: '',
  subject: '',
  username: '',
  displayName: '',
  nameKey: '',
  avatarUrl: '',
  role: null,
};

it.each(Object.entries(OIDC_SQL))('users of an OpenID provider are found by an index: %s', (_, sql) => {
  const path = temporaryDatabase();
  temporaryStore(path);
  const database = new Database(path, { readonly: true });
  const plan = database
    .prepare<[typeof ANYTHING], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(ANYTHING)
    .map(({ detail }) => detail)
    .filter((detail) => /^(SCAN|SEARCH)/.test(detail));
  database.close();
  expect(plan.length).toBeGreaterThan(0);
  for (const step of plan) expect(step).toMatch(/^SEARCH .* USING (INDEX|PRIMARY KEY)/);
});
