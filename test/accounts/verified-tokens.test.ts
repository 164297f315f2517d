import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { secretKeys } from '../../src/accounts/keys.ts';
import {
  TOKEN_CHARACTERS,
  VERIFIED_TOKEN_MS,
  VERIFIED_TOKENS,
  VerifiedTokens,
} from '../../src/accounts/verified-tokens.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { identity, PLAIN, SECRET } from '../support/server/accounts.ts';
import { temporaryStore } from '../support/server/database.ts';

const HOUR_MS = 3_600_000;

describe('verified tokens', () => {
  it('have their signature checked once, and again after ten minutes', async () => {
    const { accounts, token, clock, checks } = await counted();
    expect(accounts.remembered(token)).toBeUndefined();
    const first = await accounts.verify(token);
    expect(await accounts.verify(token)).toBe(first);
    expect(accounts.remembered(token)).toBe(first);
    expect(checks()).toBe(1);
    clock.advance(VERIFIED_TOKEN_MS - 1);
    await accounts.verify(token);
    expect(checks()).toBe(1);
    clock.advance(1);
    expect(accounts.remembered(token)).toBeUndefined();
    await accounts.verify(token);
    expect(checks()).toBe(2);
  });

  it('[TK1] [TK3] are still refused 30 s after their expiry', async () => {
    const { accounts, token, clock } = await counted();
    clock.advance(929_000);
    await accounts.verify(token);
    clock.advance(1_000);
    expect(accounts.remembered(token)).toBeUndefined();
    await expect(accounts.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('[TK5] are refused once their login has ended', async () => {
    const { accounts, token } = await counted();
    await accounts.logout(await accounts.verify(token));
    expect(() => accounts.remembered(token)).toThrow('This login has ended. Sign in again.');
    await expect(accounts.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('vouch for no other token: neither a longer nor a shorter one, nor one with another signature', async () => {
    const { accounts, token } = await counted();
    await accounts.verify(token);
    const [head = '', claims = '', signature = ''] = token.split('.');
    const turned = signature.startsWith('A') ? 'B' : 'A';
    for (const other of [
      `${token}A`,
      token.slice(0, -1),
      `${head}.${claims}.${turned}${signature.slice(1)}`,
    ]) {
      expect(accounts.remembered(other)).toBeUndefined();
      await expect(accounts.verify(other)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('are not remembered if they were refused', async () => {
    const { accounts, token, checks } = await counted();
    for (const time of [1, 2]) {
      await expect(accounts.verify(`${token}A`)).rejects.toMatchObject({ code: 'unauthorized' });
      expect(checks()).toBe(time);
    }
  });

  it('are remembered up to a bound, without those that are too long: the oldest is forgotten', () => {
    const memory = new VerifiedTokens();
    for (let index = 0; index < VERIFIED_TOKENS + 3; index += 1) memory.add(`${index}`, ann, 0);
    expect(memory.size).toBe(VERIFIED_TOKENS);
    expect(['2', '3', `${VERIFIED_TOKENS + 2}`].map((token) => memory.get(token, 0))).toEqual([
      undefined,
      ann,
      ann,
    ]);
    memory.add('3', ann, 0);
    expect(memory.size).toBe(VERIFIED_TOKENS);
    const long = 'x'.repeat(TOKEN_CHARACTERS + 1);
    memory.add(long, ann, 0);
    expect(memory.get(long, 0)).toBeUndefined();
  });

  it('are remembered by a hash that can not be used as a token', () => {
    const memory = new VerifiedTokens();
    memory.add('abc', ann, 0);
    expect([...memory.keys()]).toEqual(['ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0']);
  });
});

const ann = identity('ann', { expiresAt: HOUR_MS });

/** A guest's access token, and accounts that count how often their key is asked for. */
async function counted() {
  const clock = new FakeClock();
  const keys = await secretKeys(SECRET);
  let count = 0;
  const verifying: typeof keys.verifying = (kid) => {
    count += 1;
    return keys.verifying(kid);
  };
  const accounts = await createAccounts({
    ...PLAIN,
    store: temporaryStore(),
    keys: { ...keys, verifying },
    clock,
    guests: { take: () => 0 },
  });
  const { accessToken } = await accounts.createGuest({ username: 'ann' });
  return { accounts, token: accessToken, clock, checks: () => count };
}
