import { describe, expect, it } from 'vitest';
import { CLOCK_LEEWAY_MS } from '../../src/accounts/claims.ts';
import { rotateKeys, secretKeys, storedKeys } from '../../src/accounts/keys.ts';
import { randomIds } from '../../src/domain/ids.ts';
import { ACCESS_TOKEN_MS } from '../../src/protocol/limits.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { temporaryDatabase, temporaryStore } from '../support/server/database.ts';

describe('secretKeys', () => {
  it('[TK2] refuses a secret under 32 bytes, without showing it', async () => {
    await expect(secretKeys('x'.repeat(31))).rejects.toThrow('JWT_SECRET has 31 bytes: expected at least 32');
    await expect(secretKeys('x'.repeat(31))).rejects.not.toThrow('xxx');
  });

  it('[TK2] publishes nothing', async () => {
    const keys = await secretKeys(SECRET);
    expect(keys.algorithm).toBe('HS256');
    expect(await keys.published()).toEqual([]);
  });
});

describe('storedKeys', () => {
  it('[TK2] generates a key pair at the first start and finds it at the next one', async () => {
    const path = temporaryDatabase();
    const first = await (await open(path)).published();
    expect(first).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: expect.any(String),
        alg: 'ES256',
        use: 'sig',
      },
    ]);
    expect(await (await open(path)).published()).toEqual(first);
  });

  it('[TK2] publishes no private part', async () => {
    const [key] = await (await open()).published();
    expect(key).not.toHaveProperty('d');
  });

  it('[TK2] signs with the new key right after a rotation, and verifies with the old one until its last token expires', async () => {
    const clock = new FakeClock();
    const { keys: store } = temporaryStore();
    const keys = await storedKeys({ keys: store, clock, ids: randomIds });
    const old = (await keys.signing()).header.kid;
    const kid = await rotateKeys({ keys: store, clock, ids: randomIds });
    expect((await keys.signing()).header.kid).toBe(kid);
    expect((await keys.published()).map((key) => key.kid)).toEqual([old, kid]);
    clock.advance(ACCESS_TOKEN_MS + CLOCK_LEEWAY_MS - 1);
    expect(await keys.verifying(old)).toBeDefined();
    clock.advance(1);
    expect(await keys.verifying(old)).toBeUndefined();
    expect(await keys.verifying(kid)).toBeDefined();
    expect((await keys.published()).map((key) => key.kid)).toEqual([kid]);
  });

  it('finds no key for an unknown kid', async () => {
    const keys = await open();
    for (const kid of [undefined, '', '__proto__', 'constructor', "' OR 1=1 --"]) {
      expect(await keys.verifying(kid)).toBeUndefined();
    }
  });
});

function open(path?: string) {
  return storedKeys({ keys: temporaryStore(path).keys, clock: new FakeClock(), ids: randomIds });
}
