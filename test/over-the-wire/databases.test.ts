import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { TokensReply } from '../../src/protocol/bodies.ts';
import { type Connection, Database } from '../../src/store/sqlite/driver.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { api, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import { until } from '../support/until.ts';

const SCHEMA_1 = readFileSync(new URL('../store/sqlite/schema-1.sql', import.meta.url), 'utf8');
const DAY_MS = 86_400_000;

let server: TestServer | undefined;
afterEach(() => server?.close());

function read<T>(path: string, query: (database: Connection) => T): T {
  const database = new Database(path, { readonly: true });
  try {
    return query(database);
  } finally {
    database.close();
  }
}

it('an upgrade leaves a copy of the database as it was before', async () => {
  const path = temporaryDatabase();
  mkdirSync(dirname(path), { recursive: true });
  new Database(path).exec(SCHEMA_1).exec("INSERT INTO settings VALUES ('turn-secret', 'old')").close();

  server = await startServer({ DATABASE_PATH: path });

  expect(existsSync(`${path}.v1`)).toBe(true);
  const copied = read(`${path}.v1`, (database) => ({
    version: database.pragma('user_version', { simple: true }),
    settings: database.prepare('SELECT value FROM settings').pluck().all(),
  }));
  expect(copied).toEqual({ version: 1, settings: ['old'] });
});

it('[TK5] an expired refresh token is deleted, though its login lives on by the next one', async () => {
  const path = temporaryDatabase();
  const clock = new FakeClock();
  server = await startServer({ DATABASE_PATH: path }, { clock });
  const { refreshToken } = await signIn(server.url);

  clock.jump(6 * DAY_MS);
  await api(server.url, '/auth/refresh', { reply: TokensReply, body: { refreshToken } });
  // The first token expires 7 days after it was made, the second on day 13.
  clock.jump(2 * DAY_MS);
  clock.advance(120_000);

  const tokens = () => read(path, (db) => db.prepare('SELECT count(*) FROM refresh_tokens').pluck().get());
  await until(() => tokens() === 1);
});
