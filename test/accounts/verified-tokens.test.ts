import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { createTokens } from '../../src/accounts/tokens.ts';
import { tokenKey, type VerifiedToken, VerifiedTokens } from '../../src/accounts/verified-tokens.ts';
import { randomIds, type UserId } from '../../src/lib/ids.ts';
import { VERIFIED_TOKEN_MS, VERIFIED_TOKENS } from '../../src/protocol/limits.ts';
import { SECRET } from '../support/accounts.ts';
import { FakeClock } from '../support/clock.ts';

describe('verified tokens', () => {
  it('need their signature checked once, and again after ten minutes', async () => {
    const { tokens, clock, checks } = await counted();
    const token = await tokens.sign(ANN);
    const first = await tokens.verify(token);
    expect(await tokens.verify(token)).toEqual(first);
    expect(checks()).toBe(1);
    clock.advance(VERIFIED_TOKEN_MS - 1);
    await tokens.verify(token);
    expect(checks()).toBe(1);
    clock.advance(1);
    await tokens.verify(token);
    expect(checks()).toBe(2);
  });

  it('[TK1] die at their expiry all the same', async () => {
    const { tokens, clock } = await counted();
    const token = await tokens.sign(ANN);
    clock.advance(899_000);
    await tokens.verify(token);
    clock.advance(1_000);
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('vouch for no other token: neither a longer nor a shorter one, nor one with another signature', async () => {
    const { tokens } = await counted();
    const token = await tokens.sign(ANN);
    await tokens.verify(token);
    const [head = '', claims = '', signature = ''] = token.split('.');
    const turned = signature.startsWith('A') ? 'B' : 'A';
    for (const other of [
      `${token}A`,
      token.slice(0, -1),
      `${head}.${claims}.${turned}${signature.slice(1)}`,
    ]) {
      await expect(tokens.verify(other)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('are not remembered when they were refused', async () => {
    const { tokens, checks } = await counted();
    const token = `${await tokens.sign(ANN)}A`;
    for (const time of [1, 2]) {
      await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
      expect(checks()).toBe(time);
    }
  });

  it('are remembered up to a bound, the newest', () => {
    const memory = new VerifiedTokens();
    for (let index = 0; index < VERIFIED_TOKENS + 3; index += 1) memory.add(`${index}`, verified, 0);
    expect(memory.size).toBe(VERIFIED_TOKENS);
    expect(['2', '3', `${VERIFIED_TOKENS + 2}`].map((key) => memory.get(key, 0))).toEqual([
      undefined,
      verified,
      verified,
    ]);
    memory.add('3', verified, 0);
    expect(memory.size).toBe(VERIFIED_TOKENS);
  });

  it('are remembered by what can not be used as a token', () => {
    expect(tokenKey('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });
});

const ANN = { userId: 'ann' as UserId, loginId: 'login', username: 'ann', kind: 'guest' } as const;
const verified: VerifiedToken = {
  userId: ANN.userId,
  loginId: null,
  username: null,
  displayName: null,
  role: null,
  room: null,
  expiresAt: 60_000,
  signer: 'own',
};

/** Tokens whose key tells how often it was asked for. */
async function counted() {
  const clock = new FakeClock();
  const keys = await secretKeys(SECRET);
  let count = 0;
  const verifying: typeof keys.verifying = (kid) => {
    count += 1;
    return keys.verifying(kid);
  };
  const names = { issuer: 'parley', audience: 'parley', trusted: undefined };
  const tokens = createTokens({ keys: { ...keys, verifying }, ...names, clock, ids: randomIds });
  return { tokens, clock, checks: () => count };
}
