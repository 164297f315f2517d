import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import { StartError } from '../../src/domain/errors.ts';
import { PLAIN, SECRET } from '../support/server/accounts.ts';

describe('a token made on the command line', () => {
  it('[TK1] carries its name, trimmed, or none', async () => {
    expect(decodeJwt(await mint({ sub: 'ann', name: ' Ann ' }))).toMatchObject({ sub: 'ann', name: 'Ann' });
    expect(decodeJwt(await mint({ sub: 'ann' }))).not.toHaveProperty('name');
  });

  it.each(['', ' ', '\u200b', 'A\u202eb', 'A\nb', 'x'.repeat(65)])(
    'is not made for %j, which no name may be',
    async (name) => {
      await expect(mint({ sub: 'ann', name })).rejects.toThrow(StartError);
      await expect(mint({ sub: 'ann', name })).rejects.toThrow('The name must ');
    },
  );
});

async function mint(claims: MintedClaims): Promise<string> {
  const { issuer, audience } = PLAIN;
  return mintToken(claims, { keys: await secretKeys(SECRET), issuer, audience, now: 0, lifetimeSeconds: 60 });
}
