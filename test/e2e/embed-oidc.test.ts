import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { accounts as t } from '../../src/web/i18n/en-accounts.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import {
  frameOf,
  hostPage,
  open,
  SITE_SECRET,
  siteToken,
  startSite,
  type TestSite,
  tells,
  told,
} from '../support/browser/site.ts';
import { startProvider, type TestProvider } from '../support/oidc/provider.ts';
import { createRoom } from '../support/server/api.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

let provider: TestProvider;
let server: TestServer;
let browser: Browser;
let site: TestSite;
let siteUrl = '';
let calls = '';
let roomId = '';

beforeAll(async () => {
  provider = await startProvider();
  provider.people.set('ada', { name: 'Ada Lovelace' });
  site = await startSite();
  // The provider sends back to the name under which the server is known, which is another site than this page's.
  siteUrl = `http://127.0.0.1:${site.port}`;
  server = await startServer({
    ...provider.settings,
    OIDC_NAME: 'Example',
    GUESTS: 'off',
    EMBED_ORIGINS: siteUrl,
    JWT_SECRET: SITE_SECRET,
  });
  calls = server.url.replace('127.0.0.1', 'localhost');
  await provider.sendBackTo(calls);
  browser = await launchBrowser();
  roomId = (await createRoom(server.url, await siteToken('backend-1'), { name: 'Tea' })).id;
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await site?.close();
  await provider?.goDown();
});

describe('a server without guests, in a frame', () => {
  it('[TK6] opens a window of its own for the sign-in at the provider, says why, and the call goes on there', async () => {
    site.html = hostPage(calls, `room="${roomId}"`);
    const page = await open(browser, siteUrl);
    const frame = frameOf(page);
    await frame.getByText(t.signIn.ownWindow('Example')).waitFor();
    expect((await tells(page, 'error')).detail).toEqual({
      code: 'guests_off',
      message: expect.stringContaining('set `token`'),
    });
    const opening = page.context().waitForEvent('page');
    await frame.getByRole('link', { name: t.signIn.with('Example') }).click();
    const popup = await opening;
    await popup.getByRole('link', { name: 'ada' }).click();
    await popup.waitForURL(`${calls}/connect/${roomId}`);
    expect(await popup.getByLabel(en.lobby.name).inputValue()).toBe('Ada Lovelace');
    await popup.getByRole('button', { name: en.lobby.join }).click();
    await popup.getByRole('button', { name: en.call.leave }).waitFor();
    // The window can't reach the page of the site.
    expect(await popup.evaluate('window.opener')).toBe(null);
    expect((await told(page)).map(({ type }) => type)).toEqual(['error']);
    await page.context().close();
  });

  it('needs no sign-in with a token of the site, which may come later', async () => {
    site.html = hostPage(calls, `room="${roomId}" skiplobby`);
    const page = await open(browser, siteUrl);
    await frameOf(page).getByText(t.signIn.ownWindow('Example')).waitFor();
    await page.evaluate(
      (token) => {
        const call = document.querySelector('parley-call');
        if (call !== null) call.token = token;
      },
      await siteToken('ben-1', { name: 'Ben' }),
    );
    await tells(page, 'joined');
    expect(await frameOf(page).getByRole('link').count()).toBe(0);
    await page.context().close();
  });
});
