import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAccounts, ROWS_PER_SLICE } from '../../src/accounts/accounts.ts';
import { CLOCK_LEEWAY_MS } from '../../src/accounts/claims.ts';
import { createGuestLimit, GUEST_MINUTES_PER_DAY } from '../../src/accounts/guest-limit.ts';
import { secretKeys } from '../../src/accounts/keys.ts';
import { REFRESH_GRACE_MS, REFRESH_TOKEN_MS, REFRESHES_PER_MINUTE } from '../../src/accounts/logins.ts';
import { createEvents } from '../../src/domain/events.ts';
import { silentLog } from '../../src/lib/log.ts';
import { BETWEEN_SLICES_MS } from '../../src/lib/slices.ts';
import { ACCESS_TOKEN_MS } from '../../src/protocol/limits.ts';
import type { SqliteStore } from '../../src/store/sqlite/open.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { identity, PLAIN, SECRET } from '../support/server/accounts.ts';
import { temporaryDatabase, temporaryStore } from '../support/server/database.ts';

const HOUR_MS = 3_600_000;

describe('guests', () => {
  it('get a user, an access token for 15 minutes and a refresh token of 256 bits', async () => {
    const { accounts } = await setUp();
    const reply = await accounts.createGuest({ username: 'ann', displayName: 'Ann' });
    expect(reply).toEqual({
      user: {
        id: expect.stringMatching(/^[\w-]{21}$/),
        kind: 'guest',
        username: 'ann',
        displayName: 'Ann',
        email: null,
        role: null,
        status: 'online',
        customStatus: null,
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
    const { user, accessToken } = await accounts.createGuest({ displayName: 'Ann' });
    const { email, role, ...others } = user;
    const verified = await accounts.verify(accessToken);
    expect(verified).toEqual({
      userId: user.id,
      kind: 'guest',
      loginId: expect.any(String),
      expiresAt: clock.now() + ACCESS_TOKEN_MS + CLOCK_LEEWAY_MS,
      role: null,
      claimedRole: null,
      room: null,
    });
    expect(await accounts.self(verified)).toEqual(user);
    expect(accounts.profile(verified.userId)).toEqual(others);
  });

  it('[AC1] need no name, and do not share a username', async () => {
    const { accounts } = await setUp();
    expect((await accounts.createGuest({})).user).toMatchObject({ username: null, displayName: null });
    await accounts.createGuest({ username: 'ann' });
    await expect(accounts.createGuest({ username: 'ANN' })).rejects.toMatchObject({
      code: 'username_taken',
    });
  });

  it('outlive a restart with their tokens', async () => {
    const path = temporaryDatabase();
    const first = await setUp({ path });
    const { user, accessToken, refreshToken } = await first.accounts.createGuest({ username: 'ann' });
    first.store.close();
    const { accounts } = await setUp({ path });
    expect((await accounts.verify(accessToken)).userId).toBe(user.id);
    expect((await accounts.refresh(refreshToken)).user).toEqual(user);
  });

  it('are removed a week after their last token, which frees their name', async () => {
    const { accounts, clock } = await setUp();
    await accounts.createGuest({ username: 'ann' });
    const kept = await accounts.createGuest({ username: 'bob' });
    clock.advance(REFRESH_TOKEN_MS - HOUR_MS);
    await accounts.refresh(kept.refreshToken);
    clock.advance(2 * HOUR_MS);
    expect((await accounts.createGuest({ username: 'ann' })).user.username).toBe('ann');
    await expect(accounts.createGuest({ username: 'bob' })).rejects.toMatchObject({
      code: 'username_taken',
    });
  });
});

describe('refresh tokens', () => {
  it('[TK5] give a new pair once', async () => {
    const { accounts } = await setUp();
    const first = await accounts.createGuest({});
    const second = await accounts.refresh(first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await accounts.verify(second.accessToken)).loginId).toBe(
      (await accounts.verify(first.accessToken)).loginId,
    );
  });

  it('[TK5] end the whole login if one is used again more than 30 s after its first use', async () => {
    const { accounts, ended, clock } = await setUp();
    const first = await accounts.createGuest({});
    const { loginId } = await accounts.verify(first.accessToken);
    const second = await accounts.refresh(first.refreshToken);
    clock.advance(REFRESH_GRACE_MS + 1);
    await expect(accounts.refresh(first.refreshToken)).rejects.toMatchObject({
      code: 'refresh_token_reused',
    });
    expect(ended).toEqual([loginId]);
    await expect(accounts.refresh(second.refreshToken)).rejects.toMatchObject({
      code: 'unauthorized',
    });
    for (const { accessToken } of [first, second]) {
      await expect(accounts.verify(accessToken)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('[TK5] publish the end of their login once, however often they are tried', async () => {
    const { accounts, ended, clock } = await setUp();
    const { refreshToken } = await accounts.createGuest({});
    await accounts.refresh(refreshToken);
    clock.advance(REFRESH_GRACE_MS + 1);
    for (let time = 0; time < 3; time += 1) {
      await expect(accounts.refresh(refreshToken)).rejects.toMatchObject({
        code: 'refresh_token_reused',
      });
    }
    expect(ended).toHaveLength(1);
  });

  it('[TK5] get a fresh pair of the same login within 30 s of the first use, because the reply may be lost', async () => {
    const { accounts, ended, clock } = await setUp();
    const first = await accounts.createGuest({});
    const { loginId } = await accounts.verify(first.accessToken);
    const lost = await accounts.refresh(first.refreshToken);
    clock.advance(REFRESH_GRACE_MS / 2);
    const again = await accounts.refresh(first.refreshToken);
    clock.advance(REFRESH_GRACE_MS / 2);
    const last = await accounts.refresh(first.refreshToken);
    expect(new Set([lost, again, last].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    // Nobody knows which pair reached the client, so all of them continue the same login.
    for (const { refreshToken } of [lost, again, last]) {
      const next = await accounts.refresh(refreshToken);
      expect((await accounts.verify(next.accessToken)).loginId).toBe(loginId);
    }
    clock.advance(1);
    await expect(accounts.refresh(first.refreshToken)).rejects.toMatchObject({
      code: 'refresh_token_reused',
    });
    expect(ended).toEqual([loginId]);
  });

  it('[TK5] get that pair from the next process too, if the first one died in between', async () => {
    const path = temporaryDatabase();
    const before = await setUp({ path });
    const first = await before.accounts.createGuest({});
    await before.accounts.refresh(first.refreshToken);
    before.store.close();
    const { accounts } = await setUp({ path });
    expect((await accounts.refresh(first.refreshToken)).user.id).toBe(first.user.id);
  });

  it('[TK5] get that pair even if they expired in between, but not once the login has ended', async () => {
    const { accounts, clock } = await setUp();
    const first = await accounts.createGuest({});
    clock.advance(REFRESH_TOKEN_MS - 1_000);
    const second = await accounts.refresh(first.refreshToken);
    clock.advance(2_000);
    await accounts.refresh(first.refreshToken);
    await accounts.logout(await accounts.verify(second.accessToken));
    await expect(accounts.refresh(first.refreshToken)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('[TK5] are limited per login, and a refusal uses nothing up', async () => {
    const { accounts, clock } = await setUp();
    let { refreshToken } = await accounts.createGuest({});
    const neighbour = await accounts.createGuest({});
    for (let use = 0; use < REFRESHES_PER_MINUTE; use += 1) {
      ({ refreshToken } = await accounts.refresh(refreshToken));
    }
    for (let use = 0; use < 3; use += 1) {
      await expect(accounts.refresh(refreshToken)).rejects.toMatchObject({
        code: 'rate_limited',
        retryAfterMs: 2_000,
      });
    }
    for (let nonsense = 0; nonsense < 50; nonsense += 1) {
      await expect(accounts.refresh(`${nonsense}`)).rejects.toMatchObject({ code: 'unauthorized' });
    }
    expect((await accounts.refresh(neighbour.refreshToken)).user.id).toBe(neighbour.user.id);
    clock.advance(2_000);
    expect((await accounts.refresh(refreshToken)).refreshToken).toBeDefined();
  });

  it('[TK5] are deleted once they expire, while their login lives on', async () => {
    const { accounts, clock } = await setUp();
    const first = await accounts.createGuest({});
    clock.advance(REFRESH_TOKEN_MS - HOUR_MS);
    const second = await accounts.refresh(first.refreshToken);
    clock.advance(2 * HOUR_MS);
    await expect(accounts.refresh(first.refreshToken)).rejects.toThrow('is not known');
    expect((await accounts.refresh(second.refreshToken)).user.id).toBe(first.user.id);
  });

  it('[TK5] expire after 7 days', async () => {
    const { accounts, clock } = await setUp();
    const { refreshToken } = await accounts.createGuest({});
    clock.advance(REFRESH_TOKEN_MS);
    await expect(accounts.refresh(refreshToken)).rejects.toThrow('has expired');
  });

  it('[TK5] are stored as a hash only', async () => {
    const path = temporaryDatabase();
    const { accounts, store } = await setUp({ path });
    const { refreshToken } = await accounts.createGuest({});
    store.close();
    expect(readFileSync(path).includes(refreshToken)).toBe(false);
  });

  it('are refused if they were never issued', async () => {
    const { accounts } = await setUp();
    for (const token of ['', 'x', '__proto__', 'x'.repeat(512)]) {
      await expect(accounts.refresh(token)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });
});

describe('logging out', () => {
  it('stops the tokens of that login at once, and of no other login', async () => {
    const { accounts, ended } = await setUp();
    const [ann, bob] = [await accounts.createGuest({}), await accounts.createGuest({})];
    const verified = await accounts.verify(ann.accessToken);
    await accounts.logout(verified);
    await accounts.logout(verified);
    expect(ended).toEqual([verified.loginId]);
    await expect(accounts.verify(ann.accessToken)).rejects.toThrow('This login has ended. Sign in again.');
    await expect(accounts.refresh(ann.refreshToken)).rejects.toMatchObject({ code: 'unauthorized' });
    expect((await accounts.verify(bob.accessToken)).userId).toBe(bob.user.id);
  });

  it('holds over a restart', async () => {
    const path = temporaryDatabase();
    const first = await setUp({ path });
    const { accessToken } = await first.accounts.createGuest({});
    await first.accounts.logout(await first.accounts.verify(accessToken));
    first.store.close();
    const { accounts } = await setUp({ path });
    await expect(accounts.verify(accessToken)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('costs tokens no query: whether a login has ended is known in memory', async () => {
    const { store } = await setUp();
    let queries = 0;
    const find = (id: string) => {
      queries += 1;
      return store.logins.find(id);
    };
    const { accounts } = await setUp({ over: { ...store, logins: { ...store.logins, find } } });
    const { accessToken, refreshToken } = await accounts.createGuest({});
    const fresh = await accounts.refresh(refreshToken);
    const verified = await accounts.verify(accessToken);
    await accounts.verify(fresh.accessToken);
    expect(accounts.remembered(accessToken)).toEqual(verified);
    await accounts.logout(verified);
    for (const token of [accessToken, fresh.accessToken]) {
      expect(() => accounts.remembered(token)).toThrow('This login has ended.');
      await expect(accounts.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
    }
    expect(queries).toBe(0);
  });

  it('[AC6] does nothing for a token of another backend', async () => {
    const { accounts, ended } = await setUp();
    await accounts.logout(identity('eve', { loginId: null }));
    expect(ended).toEqual([]);
  });
});

describe('external users', () => {
  it('[TK1] are created when their first token is seen, with the id in that token', async () => {
    const { accounts } = await setUp();
    const verified = await accounts.verify(await mint({ userId: 7, username: 'ann', name: 'Ann A.' }));
    expect(verified).toMatchObject({ userId: '7', kind: 'external', loginId: null });
    expect(accounts.profile(verified.userId)).toMatchObject({
      id: '7',
      kind: 'external',
      username: 'ann',
      displayName: 'Ann A.',
    });
    const again = await accounts.verify(await mint({ sub: '7', username: 'other' }));
    expect(accounts.profile(again.userId).username).toBe('other');
  });

  it('[AC1] get no username if theirs is taken', async () => {
    const { accounts } = await setUp();
    await accounts.createGuest({ username: 'ann' });
    const { userId } = await accounts.verify(await mint({ sub: '7', username: 'Ann' }));
    expect(accounts.profile(userId).username).toBeNull();
  });

  it('may have an id that is a word of JavaScript', async () => {
    const { accounts } = await setUp();
    for (const sub of ['__proto__', 'constructor', 'toString']) {
      expect((await accounts.verify(await mint({ sub }))).userId).toBe(sub);
    }
  });

  it('have no login here, even if their own backend gives them a session id', async () => {
    const { accounts } = await setUp();
    expect((await accounts.verify(await mint({ sub: '7', sid: 'theirs' }))).loginId).toBeNull();
  });
});

describe('the limit on guests', () => {
  it('counts per network address, and only new guests', async () => {
    const { accounts, clock } = await setUp({ guests: 2 });
    for (const address of ['2001:db8::1', '2001:db8::2']) accounts.countGuest(address);
    const limited = expect.objectContaining({ code: 'rate_limited', retryAfterMs: 30_000 });
    expect(() => accounts.countGuest('2001:db8::3')).toThrow(limited);
    accounts.countGuest('2001:db8:0:1::1');
    clock.advance(30_000);
    accounts.countGuest('2001:db8::4');
  });

  it('also limits guests per day, because each leaves rows for a week', async () => {
    const { accounts, clock } = await setUp({ guests: 2 });
    for (let n = 0; n < 2 * GUEST_MINUTES_PER_DAY; n += 1) {
      accounts.countGuest('192.0.2.1');
      clock.advance(30_000);
    }
    expect(() => accounts.countGuest('192.0.2.1')).not.toThrow();
    let refused = 0;
    for (let n = 0; n < 2 * GUEST_MINUTES_PER_DAY; n += 1) {
      clock.advance(30_000);
      try {
        accounts.countGuest('192.0.2.1');
      } catch {
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(GUEST_MINUTES_PER_DAY / 2);
    accounts.countGuest('192.0.2.2');
  });
});

describe('a sweep', () => {
  it('removes a bounded number of rows at a time, and serves others in between', async () => {
    const { accounts, store, clock } = await setUp();
    const guests = 2 * ROWS_PER_SLICE;
    const ids: string[] = [];
    for (let n = 0; n < guests; n += 1) ids.push((await accounts.createGuest({})).user.id);
    const left = () => ids.filter((id) => store.users.find(id) !== undefined).length;
    clock.advance(REFRESH_TOKEN_MS + ACCESS_TOKEN_MS + CLOCK_LEEWAY_MS);
    expect(left()).toBe(guests);
    // The sweep runs at each full minute.
    clock.advance(30_000);
    // Two slices for the tokens come first, then four for logins and guests.
    for (let slice = 1; slice <= 2; slice += 1) {
      expect(left()).toBe(guests);
      clock.advance(BETWEEN_SLICES_MS);
    }
    for (let slice = 1; slice <= 4; slice += 1) {
      expect(left()).toBe(guests - (slice * ROWS_PER_SLICE) / 2);
      clock.advance(BETWEEN_SLICES_MS);
    }
    expect(left()).toBe(0);
  });
});

describe('accounts', () => {
  it('leave no timer behind', async () => {
    const { accounts, clock } = await setUp();
    // The sweep, and the look for admins whom another process has made.
    expect(clock.pending).toBe(2);
    accounts.close();
    expect(clock.pending).toBe(0);
  });
});

async function setUp({
  path,
  guests = 1_000,
  over,
}: {
  path?: string;
  guests?: number;
  over?: SqliteStore;
} = {}) {
  const clock = new FakeClock();
  const store = over ?? temporaryStore(path);
  const ended: string[] = [];
  const events = createEvents({ log: silentLog });
  events.subscribe('login.ended', ({ loginId }) => ended.push(loginId));
  const accounts = await createAccounts({
    ...PLAIN,
    store,
    keys: await secretKeys(SECRET),
    clock,
    guests: createGuestLimit(clock, guests),
    events,
  });
  return { accounts, store, clock, ended };
}

function mint(claims: Record<string, unknown>): Promise<string> {
  return new SignJWT({ exp: Date.parse('2026-01-01T01:00:00Z') / 1000, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}
