import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { secretKeys, storedKeys, type TokenKeys } from '../../src/accounts/keys.ts';
import { faultOfHeader } from '../../src/accounts/token-header.ts';
import { randomIds } from '../../src/domain/ids.ts';
import { createLog } from '../../src/lib/log.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { PLAIN, SECRET } from '../support/server/accounts.ts';
import { temporaryStore } from '../support/server/database.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z') / 1_000;
const LOGGED_CHARACTERS = 400;

/** Any JSON value, including sizes that break things. */
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    1e308,
    -1,
    '',
    '\0',
    '__proto__',
    'x'.repeat(3_000),
    [],
    {},
    [['deep']],
    true,
    null,
  ),
);
const headers = fc.record(
  {
    alg: fc.oneof(fc.constantFrom<unknown>('HS256', 'ES256', 'none', 'RS256', 'HS512', 'dir'), odd),
    kid: odd,
    typ: odd,
    cty: odd,
    crit: odd,
    b64: odd,
    jwk: odd,
    jku: odd,
    x5c: odd,
    enc: odd,
    zip: odd,
  },
  { requiredKeys: [] },
);
const claims = fc.record(
  {
    sub: fc.oneof(fc.constant<unknown>('ann'), odd),
    userId: odd,
    exp: fc.oneof(fc.constant<unknown>(NOW + 900), odd),
    nbf: odd,
    iat: odd,
    iss: odd,
    aud: odd,
    sid: odd,
    jti: odd,
    username: odd,
    name: odd,
    role: odd,
    kind: odd,
    room: odd,
  },
  { requiredKeys: [] },
);

describe('a token with an arbitrary header or claims', () => {
  it.each([
    ['a shared secret', () => secretKeys(SECRET)],
    ['keys of our own', ownKeys],
  ])(
    'is refused as such, or is good, with %s: nothing fails, nothing long is logged',
    async (_, makeKeys) => {
      const { verify, logged } = await setUp(await makeKeys());
      await fc.assert(
        fc.asyncProperty(fc.oneof(headers, odd), fc.oneof(claims, odd), async (header, payload) => {
          const outcome = await verify(signed(header, payload));
          expect(['good', 'unauthorized']).toContain(outcome);
        }),
        { numRuns: 500 },
      );
      for (const line of logged) expect(line.length).toBeLessThan(LOGGED_CHARACTERS);
    },
  );

  it('is refused if its header is odd, even with a valid signature', async () => {
    const { verify } = await setUp(await secretKeys(SECRET));
    const good = { sub: 'ann', exp: NOW + 900 };
    expect(await verify(signed({ alg: 'HS256', typ: 'JWT', kid: 'any' }, good))).toBe('good');
    for (const header of [
      { alg: 'HS256', kid: 7 },
      { alg: 'HS256', kid: { $ne: null } },
      { alg: 'HS256', kid: null },
      { alg: 'HS256', kid: 'x'.repeat(256) },
      { alg: 'HS256', typ: ['JWT'] },
      { alg: 'HS256', crit: ['exp'] },
      { alg: 'HS256', crit: [], b64: false },
      { alg: ['HS256'] },
      ['HS256'],
      'HS256',
      null,
    ]) {
      expect(await verify(signed(header, good))).toBe('unauthorized');
    }
  });

  it('is only parsed if it has three parts', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        expect(faultOfHeader(text)).toBeTypeOf('string');
      }),
    );
    for (const text of [
      '',
      '..',
      'a.b',
      'a.b.c.d',
      'eyJhbGciOiJIUzI1NiJ9.e30.',
      'eyJhbGciOiJIUzI1NiJ9.e30.a.',
    ]) {
      expect(faultOfHeader(text)).toBe('it is not a signed JWT');
    }
  });
});

describe('refused tokens', () => {
  it('[TK3] are logged once a minute per reason and network, without the token', async () => {
    const { verify, logged, clock } = await setUp(await secretKeys(SECRET));
    const expired = signed({ alg: 'HS256' }, { sub: 'ann', exp: NOW - 60 });
    const forged = `${expired.slice(0, -4)}AAAA`;
    for (let n = 0; n < 3; n += 1) {
      await verify(expired, '192.0.2.1');
      await verify(forged, '192.0.2.1');
    }
    await verify(expired, '192.0.2.2');
    const lines = () => logged.map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines().map(({ level, reason, address }) => [level, reason, address])).toEqual([
      ['info', expect.stringContaining('it has expired'), '192.0.2.1'],
      ['info', expect.stringContaining('signature verification failed'), '192.0.2.1'],
      ['info', expect.stringContaining('it has expired'), '192.0.2.2'],
    ]);
    for (const line of logged) for (const part of expired.split('.')) expect(line).not.toContain(part);
    clock.advance(60_000);
    await verify(expired, '192.0.2.1');
    expect(logged).toHaveLength(4);
  });

  it('are logged at most so often in total, however many addresses they come from', async () => {
    const { verify, logged } = await setUp(await secretKeys(SECRET));
    for (let n = 0; n < 1_000; n += 1) await verify('x', `10.${n >> 8}.${n & 255}.1`);
    expect(logged).toHaveLength(300);
  });

  it('are logged if their login has ended, whether remembered or not', async () => {
    const { accounts, logged } = await setUp(await secretKeys(SECRET));
    const { accessToken } = await accounts.createGuest({});
    await accounts.logout(await accounts.verify(accessToken));
    expect(() => accounts.remembered(accessToken, { address: '192.0.2.1' })).toThrow();
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('This login has ended');
  });
});

async function setUp(keys: TokenKeys) {
  const clock = new FakeClock();
  const logged: string[] = [];
  const log = createLog({ level: 'info', now: () => clock.now(), write: (line) => logged.push(line) });
  const accounts = await createAccounts({
    ...PLAIN,
    store: temporaryStore(),
    keys,
    clock,
    log,
    guests: { take: () => 0 },
  });
  const verify = (token: string, address = '192.0.2.9'): Promise<unknown> =>
    accounts.verify(token, { address }).then(
      () => 'good',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
  return { accounts, verify, logged, clock };
}

function ownKeys(): Promise<TokenKeys> {
  return storedKeys({ keys: temporaryStore().keys, clock: new FakeClock(), ids: randomIds });
}

/** Signs with the shared secret, whatever the header says. */
function signed(header: unknown, payload: unknown): string {
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}
