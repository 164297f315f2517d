import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../src/client/account-types.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { startServer, type TestServer } from '../../support/server/server.ts';
import { lossyProxy } from '../support/lossy-proxy.ts';
import { FakeBrowser } from '../support/tabs.ts';

let clock: FakeClock;
let server: TestServer;

beforeEach(async () => {
  clock = new FakeClock();
  server = await startServer({}, { clock });
});
afterEach(() => server.close());

/** The status of a request with this token: 401 if its login has ended. */
async function statusOf(token: string): Promise<number> {
  const { status } = await fetch(`${server.url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
  return status;
}

/** What the account reports, in order. */
function record(account: Account): string[] {
  const events: string[] = [];
  account.on('changed', ({ displayName }) => events.push(`changed ${displayName}`));
  account.on('ended', ({ code }) => events.push(`ended ${code}`));
  return events;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe.each([
  ['with locks', true],
  ['without locks, as over plain HTTP', false],
])('tabs that share a login, %s', (_, hasLocks) => {
  it('[TK5] refresh at the same time, again and again, and the login lives on', async () => {
    const browser = new FakeBrowser({ hasLocks });
    const first = await browser.open().signInAsGuest(server.url);
    const tabs = [first, ...[1, 2, 3].map(() => browser.open().restore(server.url))];
    // One that listens learns of the others' tokens while it waits for its turn.
    const events = record(tabs[2] ?? first);
    for (let round = 0; round < 4; round += 1) {
      const tokens = await Promise.all(tabs.map((account) => account.token(true)));
      expect(new Set(tokens).size).toBe(1);
      expect(await statusOf(tokens[0] ?? '')).toBe(200);
      // Longer than the server forgives the reuse of an old refresh token.
      clock.advance(31_000);
    }
    expect(events).toEqual([]);
  });

  it('[TK5] go on if the reply to a refresh was lost, within 30 s, whichever tab comes next', async () => {
    const proxy = await lossyProxy(server.url);
    try {
      const browser = new FakeBrowser({ hasLocks });
      const first = await browser.open().signInAsGuest(proxy.url);
      const second = browser.open().restore(proxy.url);
      proxy.lose('/auth/refresh', 2);
      await expect(first.token(true)).rejects.toMatchObject({ code: 'network' });
      clock.advance(29_000);
      const renewed = await second.token(true);
      expect(await statusOf(renewed)).toBe(200);
      clock.advance(31_000);
      expect(await first.token()).toBe(renewed);
      expect(await statusOf(await first.token(true))).toBe(200);
    } finally {
      await proxy.close();
    }
  });

  it('[TK5] learn that the login ended if a thief has used its refresh token', async () => {
    const browser = new FakeBrowser({ hasLocks });
    const first = await browser.open().signInAsGuest(server.url);
    const second = browser.open().restore(server.url);
    const [events, others] = [record(first), record(second)];
    const { refreshToken } = JSON.parse(browser.kept.get('parley.account') ?? '');
    const stolen = await fetch(`${server.url}/auth/refresh`, {
      method: 'POST',
      body: JSON.stringify({ refreshToken }),
    });
    expect(stolen.status).toBe(200);
    clock.advance(31_000);
    await expect(first.token(true)).rejects.toMatchObject({ code: 'refresh_token_reused' });
    await expect(first.token()).rejects.toMatchObject({ code: 'refresh_token_reused' });
    await expect(second.token()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(events).toEqual(['ended refresh_token_reused']);
    expect(others).toEqual(['ended unauthorized']);
    expect([...browser.kept.keys()]).toEqual([]);
  });

  it('learn of a sign-out at once, and store nothing again that was refreshed meanwhile', async () => {
    const proxy = await lossyProxy(server.url);
    try {
      const browser = new FakeBrowser({ hasLocks });
      const first = await browser.open().signInAsGuest(proxy.url);
      const second = browser.open().restore(proxy.url);
      // Has no listeners, as an account that only makes requests: it learns of the sign-out by itself.
      const third = browser.open().restore(proxy.url);
      const [events, others] = [record(first), record(second)];
      const answered = proxy.hold('/auth/refresh');
      const refreshing = third.token(true).catch(({ code }) => code);
      const release = await answered;
      await first.signOut();
      expect([events, others]).toEqual([['ended unauthorized'], ['ended unauthorized']]);
      release();
      expect(await refreshing).toBe('unauthorized');
      expect([...browser.kept.keys()]).toEqual([]);
      await first.signOut();
      expect(events).toHaveLength(1);
    } finally {
      await proxy.close();
    }
  });

  it('learn that another account was signed in, and keep their call until its token expires', async () => {
    const browser = new FakeBrowser({ hasLocks });
    const first = await browser.open().signInAsGuest(server.url);
    const events = record(first);
    const token = await first.token();
    const tab = browser.open();
    const other = await tab.signInAsGuest(server.url);
    await settled();
    expect(events).toEqual(['ended unauthorized']);
    expect(await first.token()).toBe(token);
    expect(await statusOf(token)).toBe(200);
    await expect(first.token(true)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(tab.restore(server.url).user.id).toBe(other.user.id);
    // Signing the old one out ends its login, and not the other's.
    await first.signOut();
    expect(await statusOf(token)).toBe(401);
    await expect(first.token()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await statusOf(await other.token(true))).toBe(200);
    expect(events).toHaveLength(1);
  });
});

describe('a storage that fails', () => {
  it('full: the tab goes on with the login, and no other tab ends it with a used-up token', async () => {
    const browser = new FakeBrowser();
    const tab = browser.open();
    const first = await tab.signInAsGuest(server.url);
    const second = browser.open().restore(server.url);
    tab.fill();
    const renewed = await first.token(true);
    clock.advance(31_000);
    await expect(second.token(true)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await first.token()).toBe(renewed);
    expect(await statusOf(await first.token(true))).toBe(200);
  });

  it('forbidden, from the start or later: the login lasts as long as the page', async () => {
    for (const isLater of [true, false]) {
      const tab = new FakeBrowser({ hasLocks: isLater }).open();
      if (!isLater) tab.forbid();
      const account = await tab.signInAsGuest(server.url);
      tab.forbid();
      clock.advance(900_000);
      expect(await statusOf(await account.token(true))).toBe(200);
      await account.signOut();
    }
  });
});
