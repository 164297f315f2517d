import { describe, expect, it } from 'vitest';
import type { VerifiedToken } from '../../src/accounts/tokens.ts';
import { createUsers } from '../../src/accounts/users.ts';
import { randomIds, type UserId } from '../../src/domain/ids.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryStore } from '../support/server/database.ts';

describe('the user of a token', () => {
  it('[TK3] is never a guest of ours if the trusted issuer signed it', async () => {
    const users = createUsers({ ...temporaryStore(), clock: new FakeClock(), ids: randomIds });
    const { id } = await users.createGuest('ann', null);
    expect((await users.findOrCreate(token(id, 'own'))).id).toBe(id);
    await expect(users.findOrCreate(token(id, 'trusted'))).rejects.toThrow(
      "This user is not the trusted issuer's.",
    );
    expect((await users.findOrCreate(token('eve' as UserId, 'trusted'))).kind).toBe('external');
    expect((await users.findOrCreate(token('eve' as UserId, 'trusted'))).id).toBe('eve');
  });
});

function token(userId: UserId, signer: 'own' | 'trusted'): VerifiedToken {
  const unsaid = { loginId: null, username: null, displayName: null, role: null, room: null, issuedAt: null };
  return { userId, signer, expiresAt: 0, ...unsaid };
}
