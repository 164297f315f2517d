import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { secretKeys } from '../../src/accounts/keys.ts';
import type { UserId } from '../../src/domain/ids.ts';
import type { Store, UserRow } from '../../src/store/contract.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { PLAIN, SECRET } from '../support/server/accounts.ts';
import { temporaryDatabase } from '../support/server/database.ts';

describe('the identity of a bearer', () => {
  it('[TK1] has the role that is stored, at once after `user.changed`', async () => {
    const { accounts, change } = await setUp();
    const { user, accessToken } = await accounts.createGuest({});
    expect(await accounts.verify(accessToken)).toMatchObject({ role: null, kind: 'guest' });
    change(user.id, { role: 'admin', kind: 'registered' });
    expect(accounts.remembered(accessToken)).toBeUndefined();
    expect(await accounts.verify(accessToken)).toMatchObject({ role: 'admin', kind: 'registered' });
    expect(accounts.remembered(accessToken)).toMatchObject({ role: 'admin', kind: 'registered' });
    change(user.id, { role: null });
    expect(await accounts.verify(accessToken)).toMatchObject({ role: null });
  });

  it("[TK1] has the role of a backend's token, but not one that a login's token claims", async () => {
    const { accounts } = await setUp();
    const { user, accessToken } = await accounts.createGuest({});
    const { sid } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    const backends = await minted({ sub: 'backend', role: 'service' });
    expect(await accounts.verify(backends)).toMatchObject({ role: 'service' });
    const admins = await minted({ sub: user.id, role: 'admin' });
    expect(await accounts.verify(admins)).toMatchObject({ role: 'admin', kind: 'guest' });
    const logins = await minted({ sub: user.id, sid, kind: 'registered', role: 'admin' });
    expect(await accounts.verify(logins)).toMatchObject({ role: null, kind: 'guest' });
  });

  it("[TK1] gets a backend's role back when the stored one is gone", async () => {
    const { accounts, change } = await setUp();
    const token = await minted({ sub: 'ann', role: 'service' });
    const { userId } = await accounts.verify(token);
    change(userId, { role: 'admin' });
    expect(await accounts.verify(token)).toMatchObject({ role: 'admin' });
    change(userId, { role: null });
    expect(await accounts.verify(token)).toMatchObject({ role: 'service' });
  });

  it('is of today for a token that was remembered with another role', async () => {
    const { accounts, change } = await setUp();
    const { user, accessToken, refreshToken } = await accounts.createGuest({});
    await accounts.verify(accessToken);
    change(user.id, { role: 'admin' });
    await accounts.verify((await accounts.refresh(refreshToken)).accessToken);
    expect(accounts.remembered(accessToken)).toMatchObject({ role: 'admin' });
  });

  it('is read again if the user changes while its token is verified', async () => {
    const { accounts, change, whenFound } = await setUp();
    const { user, accessToken } = await accounts.createGuest({});
    whenFound(() => change(user.id, { role: 'admin' }));
    expect(await accounts.verify(accessToken)).toMatchObject({ role: 'admin' });
    expect(accounts.remembered(accessToken)).toMatchObject({ role: 'admin' });
  });

  it('[TK1] carries the stored role in the access tokens of its logins', async () => {
    const { accounts, change } = await setUp();
    const first = await accounts.createGuest({});
    expect(claimsOf(first.accessToken)).not.toHaveProperty('role');
    change(first.user.id, { role: 'admin' });
    const second = await accounts.refresh(first.refreshToken);
    expect(claimsOf(second.accessToken)).toMatchObject({ role: 'admin', kind: 'guest' });
    expect(second.user.role).toBe('admin');
  });

  it('is nobody for a token whose login was that of a user who is gone', async () => {
    const { accounts, remove } = await setUp();
    const { user, accessToken, refreshToken } = await accounts.createGuest({});
    await accounts.verify(accessToken);
    remove(user.id);
    expect(accounts.remembered(accessToken)).toBeUndefined();
    await expect(accounts.verify(accessToken)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(accounts.refresh(refreshToken)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await accounts.standing(user.id as UserId)).toBeUndefined();
  });
});

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

function minted(claims: object): Promise<string> {
  return new SignJWT({ exp: new FakeClock().now() / 1_000 + 3_600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}

/** Accounts on a store whose users the test changes. */
async function setUp() {
  const store = openStore(temporaryDatabase());
  const changes = new Map<string, Partial<UserRow> | null>();
  let found: (() => void) | undefined;
  const users: Store['users'] = {
    ...store.users,
    find(id) {
      const row = store.users.find(id);
      const changed = changes.get(id);
      const now = row === undefined || changed === null ? undefined : { ...row, ...changed };
      const run = found;
      found = undefined;
      run?.();
      return now;
    },
  };
  const accounts = await createAccounts({
    ...PLAIN,
    store: { ...store, users },
    keys: await secretKeys(SECRET),
    clock: new FakeClock(),
    guests: { take: () => 0 },
  });
  return {
    accounts,
    /** Stores the change, and tells of it as a subscriber of `user.changed` would. */
    change(id: string, to: Partial<UserRow>): void {
      changes.set(id, { ...changes.get(id), ...to });
      accounts.forget(id as UserId);
    },
    remove(id: string): void {
      changes.set(id, null);
      accounts.forget(id as UserId);
    },
    /** Runs once, after the next answer about a user was read. */
    whenFound(run: () => void): void {
      found = run;
    },
  };
}
