import { describe, expect, it } from 'vitest';
import { createLogins } from '../../src/accounts/logins.ts';
import { LAST_TOKEN_MS, REVOKED_LOGINS, RevokedLogins } from '../../src/accounts/revoked-logins.ts';
import { createEvents } from '../../src/domain/events.ts';
import { randomIds, type UserId } from '../../src/domain/ids.ts';
import { silentLog } from '../../src/lib/log.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryStore } from '../support/server/database.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('revoked logins', () => {
  it('are known without the store as long as one of their access tokens may be alive, then forgotten', async () => {
    const revoked = await RevokedLogins.load({ revokedSince: () => [] }, NOW);
    revoked.add('a', NOW);
    revoked.add('b', NOW + 1);
    revoked.forgetDead(NOW + LAST_TOKEN_MS - 1);
    expect([revoked.has('a', NOW), revoked.has('b', NOW), revoked.has('c', NOW)]).toEqual([
      true,
      true,
      false,
    ]);
    revoked.forgetDead(NOW + LAST_TOKEN_MS);
    expect([revoked.has('a', NOW), revoked.has('b', NOW)]).toEqual([false, true]);
    expect(revoked.size).toBe(1);
  });

  it('are read at start if one of their access tokens may be alive', async () => {
    const asked: number[][] = [];
    const revokedSince = (since: number, max: number) => {
      asked.push([since, max]);
      return [{ id: 'a', revokedAt: NOW - 5 }];
    };
    const revoked = await RevokedLogins.load({ revokedSince }, NOW);
    expect(asked).toEqual([[NOW - LAST_TOKEN_MS, REVOKED_LOGINS + 1]]);
    expect(revoked.has('a', NOW)).toBe(true);
  });

  it('are kept up to a bound; beyond it only the store can tell', async () => {
    const revoked = await RevokedLogins.load({ revokedSince: () => [] }, NOW);
    for (let index = 0; index <= REVOKED_LOGINS; index += 1) revoked.add(`${index}`, NOW + index);
    expect(revoked.size).toBe(REVOKED_LOGINS);
    const states = (now: number) => ['0', '1', 'other'].map((id) => revoked.has(id, now));
    expect(states(NOW + LAST_TOKEN_MS - 1)).toEqual([undefined, true, undefined]);
    expect(states(NOW + LAST_TOKEN_MS)).toEqual([false, true, false]);
  });
});

describe('a login', () => {
  it('has ended in memory as soon as its revocation is stored', async () => {
    const { logins } = await setUp();
    const { loginId } = await logins.begin('ann' as UserId);
    expect([logins.hasEndedInMemory(loginId), await logins.hasEnded(loginId)]).toEqual([false, false]);
    await logins.end({ loginId, userId: 'ann' as UserId });
    expect([logins.hasEndedInMemory(loginId), await logins.hasEnded(loginId)]).toEqual([true, true]);
  });

  it('is looked up in the store if memory had to forget some', async () => {
    const { logins, store } = await setUp();
    const { loginId } = await logins.begin('ann' as UserId);
    await logins.end({ loginId, userId: 'ann' as UserId });
    const older = { id: loginId, revokedAt: NOW - 1 };
    const more = Array.from({ length: REVOKED_LOGINS }, (_, index) => ({ id: `${index}`, revokedAt: NOW }));
    const restarted = await createLogins({
      logins: { ...store.logins, revokedSince: () => [older, ...more] },
      clock: new FakeClock(NOW),
      ids: randomIds,
      events: createEvents({ log: silentLog }),
    });
    expect(restarted.hasEndedInMemory(loginId)).toBeUndefined();
    expect(await restarted.hasEnded(loginId)).toBe(true);
    expect(await restarted.hasEnded('of another backend')).toBe(false);
  });
});

async function setUp() {
  const store = temporaryStore();
  const about = { kind: 'guest', username: null, displayName: null, createdAt: NOW } as const;
  store.users.insert({ id: 'ann' as UserId, ...about });
  const events = createEvents({ log: silentLog });
  const logins = await createLogins({
    logins: store.logins,
    clock: new FakeClock(NOW),
    ids: randomIds,
    events,
  });
  return { store, logins };
}
