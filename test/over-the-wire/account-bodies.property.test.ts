import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Problem, TokensReply } from '../../src/protocol/bodies.ts';
import { ENDPOINTS, type Endpoint, ERRORS_OF_ALL } from '../../src/protocol/endpoints.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { cheapPasswords } from '../support/server/accounts.ts';
import { api } from '../support/server/api.ts';
import { startStage } from './stage.ts';

const ANN = { email: 'ann@example.org', password: 'correct horse' };

/** Values that some field refuses, and values near those that it accepts. */
const field = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    ...['', ' ', 'a@', '@', 'ANN@example.org', 'short', 'x'.repeat(129), '\u0000', '\ud800', '__proto__'],
    ...[null, 0, -1, true, [], {}],
  ),
);
const FIELDS = [
  ...['email', 'password', 'current', 'new', 'username', 'displayName', 'invite', '__proto__'],
  ...['refreshToken', 'status', 'customStatus'],
];
const body = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), field).map((value) => JSON.stringify(value)),
  },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);

describe('any body', () => {
  it.each(['register', 'logIn', 'changePassword', 'refreshTokens', 'setStatus'] as const)(
    '[AC1] that %s doesn’t take is refused with a stable code, and changes nothing',
    async (name) => {
      const stage = await startStage({}, { passwords: cheapPasswords() });
      const { url, config } = stage.server;
      const { accessToken, user } = await api(url, '/auth/register', { reply: TokensReply, body: ANN });
      const before = rowsOf(config.databasePath);
      const { method, path, who, errors }: Endpoint = ENDPOINTS[name];
      const address = url + path.replace(':id', user.id);
      const headers = who === 'all' ? undefined : { Authorization: `Bearer ${accessToken}` };
      await fc.assert(
        fc.asyncProperty(body, async (text) => {
          const response = await fetch(address, { method, body: text, ...(headers && { headers }) });
          expect(response.status).toBeGreaterThanOrEqual(400);
          expect(response.status).toBeLessThan(500);
          const problem = v.parse(Problem, await response.json());
          expect([...errors, ...ERRORS_OF_ALL]).toContain(problem.code);
          expect(problem.code).not.toBe('internal');
        }),
        { numRuns: 300 },
      );
      expect(rowsOf(config.databasePath)).toEqual(before);
    },
  );
});

/** Everything that is stored about users and their logins. */
function rowsOf(path: string): unknown[] {
  const database = new Database(path, { readonly: true });
  const tables = ['users', 'logins', 'refresh_tokens', 'registration_invites'];
  const rows = tables.map((table) => database.prepare(`SELECT * FROM ${table} ORDER BY 1`).all());
  database.close();
  return rows;
}
