import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Sdk from '../../../src/client/index.ts';
import type { Account } from '../../../src/client/index.ts';
import { launchBrowser } from '../../support/browser/browser.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { startServer, type TestServer } from '../../support/server/server.ts';

/** What the functions below leave on the window for one another. */
interface AccountWindow extends Window {
  parley?: typeof Sdk;
  account?: Account | null;
  heard?: string[];
}

let browser: Browser;
let clock: FakeClock;
let server: TestServer;
let context: BrowserContext;

beforeAll(async () => {
  browser = await launchBrowser(['--host-resolver-rules=MAP plain.test 127.0.0.1']);
});
afterAll(() => browser.close());
beforeEach(async () => {
  clock = new FakeClock();
  server = await startServer({}, { clock });
  context = await browser.newContext({ bypassCSP: true });
});
afterEach(async () => {
  await context.close();
  await server.close();
});

/** Opens a tab with the built SDK on a page that is not Parley's own, and takes up the account or becomes a guest. */
async function openTab(host: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`http://${host}:${server.port}/health`);
  await page.addScriptTag({
    type: 'module',
    content: "import * as parley from '/client.js'; window.parley = parley;",
  });
  await page.waitForFunction(() => 'parley' in window);
  await page.evaluate(async () => {
    const own: AccountWindow = window;
    const storage = localStorage;
    const heard: string[] = [];
    const account = own.parley?.restoreAccount({ storage }) ?? (await own.parley?.signInAsGuest({ storage }));
    account?.on('changed', ({ displayName }) => heard.push(`changed ${displayName}`));
    account?.on('ended', ({ code }) => heard.push(`ended ${code}`));
    own.parley?.watchAccount({ storage }, (next) => heard.push(`account ${next?.user.displayName}`));
    own.account = account ?? null;
    own.heard = heard;
  });
  return page;
}

/** The access token after so many refreshes in a row, or the code of the refusal. */
function refresh(page: Page, times = 1): Promise<string | undefined> {
  return page.evaluate(async (count) => {
    const own: AccountWindow = window;
    let token: string | undefined;
    for (let i = 0; i < count; i += 1) token = await own.account?.token(true).catch(({ code }) => code);
    return token;
  }, times);
}

function hears(page: Page, expected: string[]): Promise<void> {
  return vi.waitFor(
    async () =>
      expect(
        await page.evaluate(() => {
          const own: AccountWindow = window;
          return own.heard;
        }),
      ).toEqual(expected),
    20_000,
  );
}

async function statusOf(token: string | undefined): Promise<number> {
  const { status } = await fetch(`${server.url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
  return status;
}

describe.each([
  ['with locks', '127.0.0.1', true],
  ['over plain HTTP, without locks', 'plain.test', false],
])('two tabs of a browser, %s', (_, host, hasLocks) => {
  it('[TK5] refresh at the same time for a while, lose replies, and keep the one login', async () => {
    const [one, other] = [await openTab(host), await openTab(host)];
    expect(await one.evaluate(() => 'locks' in navigator)).toBe(hasLocks);
    for (let round = 0; round < 5; round += 1) {
      const tokens = await Promise.all([refresh(one, 3), refresh(other, 3)]);
      expect(await Promise.all(tokens.map(statusOf))).toEqual([200, 200]);
      clock.advance(31_000);
    }
    // The server gets the request, and both replies are lost.
    await one.route('**/auth/refresh', async (route) => {
      await route.fetch({ url: `${server.url}/auth/refresh` });
      await route.abort();
    });
    expect(await refresh(one)).toBe('network');
    await one.unroute('**/auth/refresh');
    clock.advance(29_000);
    const renewed = await refresh(other);
    expect(await statusOf(renewed)).toBe(200);
    clock.advance(31_000);
    expect(await statusOf(await refresh(one))).toBe(200);
    await hears(one, []);
    await hears(other, []);
  });

  it('learn from each other that the profile changed, and that the account was signed out', async () => {
    const [one, other] = [await openTab(host), await openTab(host)];
    await one.evaluate(async () => {
      const own: AccountWindow = window;
      await own.account?.update({ displayName: 'Ada' });
    });
    await hears(one, ['changed Ada']);
    await hears(other, ['changed Ada']);
    await other.evaluate(async () => {
      const own: AccountWindow = window;
      await own.account?.signOut();
    });
    await hears(other, ['changed Ada', 'ended unauthorized']);
    await hears(one, ['changed Ada', 'ended unauthorized', 'account undefined']);
    expect(await refresh(one)).toBe('unauthorized');
    await one.evaluate(async () => {
      const own: AccountWindow = window;
      await own.parley?.signInAsGuest({ storage: localStorage, displayName: 'Bob' });
    });
    await hears(other, ['changed Ada', 'ended unauthorized', 'account Bob']);
  });

  it('[TK5] learn that the login ended when a thief has used its refresh token', async () => {
    const [one, other] = [await openTab(host), await openTab(host)];
    const kept = await one.evaluate(() => localStorage.getItem('parley.account'));
    const { refreshToken } = JSON.parse(kept ?? '');
    await fetch(`${server.url}/auth/refresh`, { method: 'POST', body: JSON.stringify({ refreshToken }) });
    clock.advance(31_000);
    expect(await refresh(one)).toBe('refresh_token_reused');
    await hears(one, ['ended refresh_token_reused']);
    await hears(other, ['ended unauthorized', 'account undefined']);
  });
});
