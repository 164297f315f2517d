import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { accounts as t } from '../../src/web/i18n/en-accounts.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { startProvider, type TestProvider } from '../support/oidc/provider.ts';
import { makeCertificate, type TestCertificate } from '../support/server/certificate.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';

let certificate: TestCertificate;
let provider: TestProvider;
let browser: Browser;
beforeAll(async () => {
  certificate = await makeCertificate();
  const tls = { cert: certificate.certText, key: readFileSync(certificate.pkey, 'utf8') };
  provider = await startProvider({ tls });
  provider.people.set('ada', { name: 'Ada Lovelace', groups: ['parley-admins'] });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await provider.goDown();
  certificate.remove();
});

describe('sign-in at an OpenID provider over https with a private CA, in a browser', () => {
  it('[TK6] keeps the room, refuses, signs in once, and survives rotated keys and an outage', async () => {
    const parley = await serve({ NODE_EXTRA_CA_CERTS: certificate.cert });
    try {
      const page = await visit();
      const room = await createRoom(page, parley.url);
      await page.goto(`${parley.url}/auth/oidc/start?room=${room}`);
      await page.getByRole('link', { name: 'refuse' }).click();
      await page.waitForURL(`${parley.url}/connect/${room}**`);
      await page.goto(`${parley.url}/auth/oidc/start?room=${room}`);
      const code = await codeAfter(page, () => page.getByRole('link', { name: 'ada' }).click());
      await expect.poll(() => page.url()).toContain(`${parley.url}/connect/${room}`);
      expect(await finish(page, code)).toMatchObject({
        user: { kind: 'external', displayName: 'Ada Lovelace', role: 'admin' },
      });
      expect(await finish(page, code)).toMatchObject({ code: 'invalid_code' });

      await provider.rotateKeys();
      const other = await visit();
      await other.goto(`${parley.url}/auth/oidc/start`);
      const otherCode = await codeAfter(other, () => other.getByRole('link', { name: 'ada' }).click());
      expect(await finish(page, otherCode)).toMatchObject({ code: 'invalid_code' });
      expect(await finish(other, otherCode)).toMatchObject({ user: { displayName: 'Ada Lovelace' } });

      await provider.goDown();
      const response = await page.goto(`${parley.url}/auth/oidc/start`);
      expect(response?.status()).toBe(503);
      expect(await page.getByRole('heading').textContent()).toBe('Sign-in is not available right now');
      await provider.comeUp();
      await page.getByRole('link', { name: 'Try again' }).click();
      await page.getByRole('link', { name: 'ada' }).click();
      await page.waitForURL(`${parley.url}/**`);
    } finally {
      await parley.stop('SIGTERM');
    }
  });

  it('[TK6] goes from the lobby to the provider and back into the same call, as whom the provider names', async () => {
    const parley = await serve({ NODE_EXTRA_CA_CERTS: certificate.cert, OIDC_NAME: 'Example' });
    try {
      const page = await visit();
      const address = `${parley.url}/connect/${await createRoom(page, parley.url)}`;
      const signIn = async (choice: string) => {
        await page.getByRole('link', { name: en.account.signIn }).click();
        await page.getByRole('button', { name: t.signIn.with('Example') }).click();
        await page.getByRole('link', { name: choice }).click();
      };
      await page.goto(address);
      await signIn('refuse');
      await page.getByText(en.failure.access_denied.text).waitFor();
      await expect.poll(() => page.url()).toBe(address);

      await signIn('ada');
      await page.locator('.account-button', { hasText: 'Ada Lovelace' }).waitFor();
      await expect.poll(() => page.url()).toBe(address);
      expect(await page.getByLabel(en.lobby.name).inputValue()).toBe('Ada Lovelace');
      expect(await page.getByText(en.failure.access_denied.text).count()).toBe(0);

      await page.getByRole('button', { name: en.lobby.join }).click();
      await page.getByRole('button', { name: en.call.leave }).waitFor();
      await page.getByText('Ada Lovelace').first().waitFor();

      await page.goto(`${parley.url}/account`);
      await page.getByText(t.account.external).waitFor();
      expect(await page.getByRole('heading', { name: t.passwords.title }).count()).toBe(0);
    } finally {
      await parley.stop('SIGTERM');
    }
  });

  it('starts without the authority of the provider, and says that it does not trust it', async () => {
    const parley = await serve({});
    try {
      expect((await fetch(`${parley.url}/auth/oidc/start`)).status).toBe(503);
      await parley.says(/"reason":"(DEPTH_ZERO_)?SELF_SIGNED_CERT/);
      expect((await fetch(`${parley.url}/ready`)).status).toBe(200);
    } finally {
      await parley.stop('SIGTERM');
    }
  });
});

async function serve(environment: Readonly<Record<string, string>>): Promise<ParleyProcess> {
  const parley = await startParley({
    ...provider.settings,
    OIDC_ADMIN_CLAIM: 'groups:parley-admins',
    DATABASE_PATH: join(temporaryFolder(), 'parley.db'),
    PORT: String(await freePort()),
    ...environment,
  });
  await provider.sendBackTo(parley.url);
  return parley;
}

/** A page in a browser profile of its own, which trusts the provider. */
async function visit(): Promise<Page> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: 'en-US',
    permissions: ['camera', 'microphone'],
  });
  return context.newPage();
}

async function createRoom(page: Page, url: string): Promise<string> {
  await page.goto(url);
  return page.evaluate(async () => {
    const guest = await (await fetch('/auth/guest', { method: 'POST' })).json();
    const headers = { Authorization: `Bearer ${guest.accessToken}` };
    return (await (await fetch('/create', { headers })).json()).roomId;
  });
}

/** The code that the browser brings back, as the callback's answer gives it: the page takes it out of its address. */
async function codeAfter(page: Page, act: () => Promise<void>): Promise<string> {
  // The page must not finish by itself.
  await page.route('**/auth/oidc/finish', (route) => route.abort());
  const callback = page.waitForResponse((response) => response.url().includes('/auth/oidc/callback'));
  await act();
  const location = (await (await callback).headerValue('location')) ?? '';
  await page.waitForURL((url) => !url.pathname.startsWith('/auth'));
  await page.unroute('**/auth/oidc/finish');
  return /#code=([\w-]+)$/.exec(location)?.[1] ?? location;
}

/** Exchanges a code as a script of the page. */
function finish(page: Page, code: string): Promise<unknown> {
  return page.evaluate(async (code) => {
    const options = { method: 'POST', body: JSON.stringify({ code }) };
    return (await fetch('/auth/oidc/finish', options)).json();
  }, code);
}
