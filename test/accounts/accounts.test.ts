import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { secretKeys } from '../../src/accounts/keys.ts';
import { ACCESS_TOKEN_MS, REFRESH_TOKEN_MS } from '../../src/protocol/limits.ts';
import { createThrottle, perMinute } from '../../src/signaling/throttle.ts';
import { identity, PLAIN, SECRET } from '../support/accounts.ts';
import { FakeClock } from '../support/clock.ts';
import { temporaryDatabase, temporaryStore } from '../support/database.ts';

const ADDRESS = '192.0.2.1';
const HOUR_MS = 3_600_000;

describe('guests', () => {
  it('get a user, an access token for 15 minutes and a refresh token of 256 bits', async () => {
    const { accounts } = await setUp();
    const reply = await accounts.guest({ username: 'ann', displayName: 'Ann' }, ADDRESS);
    expect(reply).toEqual({
      user: {
        id: expect.stringMatching(/^[\w-]{21}$/),
        kind: 'guest',
        username: 'ann',
        displayName: 'Ann',
        email: null,
        status: 'online',
        avatarUrl: null,
        bio: null,
        createdAt: '2026-01-01T00:00:00.000Z',
      },
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      expiresInSeconds: 900,
    });
  });

  it('are verified as themselves, without their email', async () => {
    const { accounts, clock } = await setUp();
    const { user, accessToken } = await accounts.guest({ displayName: 'Ann' }, ADDRESS);
    const { email, ...others } = user;
    const verified = await accounts.verify(accessToken);
    expect(verified).toEqual({
      user: others,
      loginId: expect.any(String),
      expiresAt: clock.now() + ACCESS_TOKEN_MS,
      role: null,
      room: null,
    });
    expect(accounts.self(verified)).toEqual(user);
    expect(accounts.user(verified.user.id)).toEqual(others);
  });

  it('need no name, and do not share a username', async () => {
    const { accounts } = await setUp();
    expect((await accounts.guest({}, ADDRESS)).user).toMatchObject({ username: null, displayName: null });
    await accounts.guest({ username: 'ann' }, ADDRESS);
    await expect(accounts.guest({ username: 'ANN' }, ADDRESS)).rejects.toMatchObject({
      code: 'username_taken',
    });
  });

  it('outlive a restart with their tokens', async () => {
    const path = temporaryDatabase();
    const first = await setUp({ path });
    const { user, accessToken, refreshToken } = await first.accounts.guest({ username: 'ann' }, ADDRESS);
    first.store.close();
    const { accounts } = await setUp({ path });
    expect((await accounts.verify(accessToken)).user.id).toBe(user.id);
    expect((await accounts.refresh(refreshToken, ADDRESS)).user).toEqual(user);
  });

  it('are removed, their name with them, a week after their last token', async () => {
    const { accounts, clock } = await setUp();
    await accounts.guest({ username: 'ann' }, ADDRESS);
    const kept = await accounts.guest({ username: 'bob' }, ADDRESS);
    clock.advance(REFRESH_TOKEN_MS - HOUR_MS);
    await accounts.refresh(kept.refreshToken, ADDRESS);
    clock.advance(2 * HOUR_MS);
    expect((await accounts.guest({ username: 'ann' }, ADDRESS)).user.username).toBe('ann');
    await expect(accounts.guest({ username: 'bob' }, ADDRESS)).rejects.toMatchObject({
      code: 'username_taken',
    });
  });
});

describe('refresh tokens', () => {
  it('[TK5] give a new pair once', async () => {
    const { accounts } = await setUp();
    const first = await accounts.guest({}, ADDRESS);
    const second = await accounts.refresh(first.refreshToken, ADDRESS);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await accounts.verify(second.accessToken)).loginId).toBe(
      (await accounts.verify(first.accessToken)).loginId,
    );
  });

  it('[TK5] end the whole login when one is used twice', async () => {
    const { accounts, ended } = await setUp();
    const first = await accounts.guest({}, ADDRESS);
    const { loginId } = await accounts.verify(first.accessToken);
    const second = await accounts.refresh(first.refreshToken, ADDRESS);
    await expect(accounts.refresh(first.refreshToken, ADDRESS)).rejects.toMatchObject({
      code: 'refresh_token_reused',
    });
    expect(ended).toEqual([loginId]);
    await expect(accounts.refresh(second.refreshToken, ADDRESS)).rejects.toMatchObject({
      code: 'unauthorized',
    });
    for (const { accessToken } of [first, second]) {
      await expect(accounts.verify(accessToken)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('[TK5] are told once of a login that ended, however often they are tried', async () => {
    const { accounts, ended } = await setUp();
    const { refreshToken } = await accounts.guest({}, ADDRESS);
    await accounts.refresh(refreshToken, ADDRESS);
    for (let time = 0; time < 3; time += 1) {
      await expect(accounts.refresh(refreshToken, ADDRESS)).rejects.toMatchObject({
        code: 'refresh_token_reused',
      });
    }
    expect(ended).toHaveLength(1);
  });

  it('[TK5] die after 7 days', async () => {
    const { accounts, clock } = await setUp();
    const { refreshToken } = await accounts.guest({}, ADDRESS);
    clock.advance(REFRESH_TOKEN_MS);
    await expect(accounts.refresh(refreshToken, ADDRESS)).rejects.toThrow('has expired');
  });

  it('[TK5] are kept as a hash alone', async () => {
    const path = temporaryDatabase();
    const { accounts, store } = await setUp({ path });
    const { refreshToken } = await accounts.guest({}, ADDRESS);
    store.close();
    expect(readFileSync(path).includes(refreshToken)).toBe(false);
  });

  it('that nobody gave out are refused', async () => {
    const { accounts } = await setUp();
    for (const token of ['', 'x', '__proto__', 'x'.repeat(512)]) {
      await expect(accounts.refresh(token, ADDRESS)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });
});

describe('logging out', () => {
  it('stops the tokens of that login at once, and of no other', async () => {
    const { accounts, ended } = await setUp();
    const [ann, bob] = [await accounts.guest({}, ADDRESS), await accounts.guest({}, ADDRESS)];
    const verified = await accounts.verify(ann.accessToken);
    accounts.logout(verified);
    accounts.logout(verified);
    expect(ended).toEqual([verified.loginId]);
    await expect(accounts.verify(ann.accessToken)).rejects.toThrow('You have logged out. Sign in again.');
    await expect(accounts.refresh(ann.refreshToken, ADDRESS)).rejects.toMatchObject({ code: 'unauthorized' });
    expect((await accounts.verify(bob.accessToken)).user.id).toBe(bob.user.id);
  });

  it('holds over a restart', async () => {
    const path = temporaryDatabase();
    const first = await setUp({ path });
    const { accessToken } = await first.accounts.guest({}, ADDRESS);
    first.accounts.logout(await first.accounts.verify(accessToken));
    first.store.close();
    const { accounts } = await setUp({ path });
    await expect(accounts.verify(accessToken)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('does nothing for a token of another backend', async () => {
    const { accounts, ended } = await setUp();
    accounts.logout(identity('eve', { loginId: null }));
    expect(ended).toEqual([]);
  });
});

describe('external users', () => {
  it('[TK1] are kept on first sight, by the id that their token gives them', async () => {
    const { accounts } = await setUp();
    const verified = await accounts.verify(await mint({ userId: 7, username: 'ann', name: 'Ann A.' }));
    expect(verified).toMatchObject({
      user: { id: '7', kind: 'external', username: 'ann', displayName: 'Ann A.' },
      loginId: null,
    });
    expect((await accounts.verify(await mint({ sub: '7', username: 'other' }))).user.username).toBe('ann');
  });

  it('go without a username that somebody has', async () => {
    const { accounts } = await setUp();
    await accounts.guest({ username: 'ann' }, ADDRESS);
    expect((await accounts.verify(await mint({ sub: '7', username: 'Ann' }))).user.username).toBeNull();
  });

  it('may be called like a part of the language', async () => {
    const { accounts } = await setUp();
    for (const sub of ['__proto__', 'constructor', 'toString']) {
      expect((await accounts.verify(await mint({ sub }))).user.id).toBe(sub);
    }
  });

  it('keep a session id of their own backend to themselves', async () => {
    const { accounts } = await setUp();
    expect((await accounts.verify(await mint({ sub: '7', sid: 'theirs' }))).loginId).toBeNull();
  });
});

describe('the limit on sign-ins', () => {
  it('counts guests and refreshes together, by network address', async () => {
    const { accounts } = await setUp({ signIns: 2 });
    const { refreshToken } = await accounts.guest({}, '2001:db8::1');
    const next = await accounts.refresh(refreshToken, '2001:db8::2');
    await expect(accounts.refresh(next.refreshToken, '2001:db8::3')).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 30_000,
    });
    await expect(accounts.guest({}, '2001:db8::4')).rejects.toMatchObject({ code: 'rate_limited' });
    expect((await accounts.refresh(next.refreshToken, '2001:db8:0:1::1')).refreshToken).toBeDefined();
  });
});

describe('accounts', () => {
  it('leave no timer behind', async () => {
    const { accounts, clock } = await setUp();
    expect(clock.pending).toBe(1);
    accounts.close();
    expect(clock.pending).toBe(0);
  });
});

async function setUp({ path, signIns = 1_000 }: { path?: string; signIns?: number } = {}) {
  const clock = new FakeClock();
  const store = temporaryStore(path);
  const ended: string[] = [];
  const accounts = createAccounts({
    ...PLAIN,
    store,
    keys: await secretKeys(SECRET),
    clock,
    signIns: createThrottle({ clock, rate: perMinute(signIns) }),
    onLogout: (loginId) => ended.push(loginId),
  });
  return { accounts, store, clock, ended };
}

function mint(claims: Record<string, unknown>): Promise<string> {
  return new SignJWT({ exp: Date.parse('2026-01-01T01:00:00Z') / 1000, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}
