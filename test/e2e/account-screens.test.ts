import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { TokensReply } from '../../src/protocol/bodies.ts';
import { accounts as en } from '../../src/web/i18n/en-accounts.ts';
import { type Messages, messagesFor } from '../../src/web/i18n/messages.ts';
import { accounts as ru } from '../../src/web/i18n/ru-accounts.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';
import { api } from '../support/server/api.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

/** The heading of a view, not of what is shown while it loads. */
const LOADED = 'main:not([aria-busy=true]) h1';
const PASSWORD = 'correct horse battery';

let open: TestServer;
let browser: Browser;
beforeAll(async () => {
  open = await startServer({ SIGN_INS_PER_MINUTE: '1000000' });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await open.close();
});

/** Every state of the account pages on each device. */
describe.each(DEVICES)('the account pages on a $device ($locale, $colorScheme)', (look) => {
  const { device, locale } = look;
  const m: Messages = messagesFor([locale]);
  const t = m.lang === 'ru' ? ru : en;
  const contexts: BrowserContext[] = [];
  const bystanders = createBystanders(() => open);
  afterEach(async () => {
    await bystanders.leave();
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  const isFine = (page: Page, name: string) => expectFine(page, `${name}-${device}`);

  async function visit(address: string, before?: string): Promise<Page> {
    const { device: _, ...options } = look;
    const context = await browser.newContext({ ...options, permissions: ['camera', 'microphone'] });
    contexts.push(context);
    const page = await context.newPage();
    if (before !== undefined) await page.addInitScript({ content: before });
    await page.goto(new URL(address, open.url).href);
    await page.locator(LOADED).waitFor();
    return page;
  }

  /** Visits a server whose settings the page is told. */
  const visitWith = (path: string, attributes: Readonly<Record<string, string>>) =>
    visit(
      path,
      `new MutationObserver(() => {
        for (const [name, value] of ${JSON.stringify(Object.entries(attributes))})
          document.documentElement?.setAttribute(name, value);
      }).observe(document, { childList: true });`,
    );

  async function register(name: string) {
    const email = `${name}-${device}@example.org`;
    await api(open.url, '/auth/register', {
      reply: TokensReply,
      body: { email, password: PASSWORD, displayName: 'Ада Lovelace' },
    });
    return email;
  }

  async function signedIn(name: string, path: string): Promise<Page> {
    const email = await register(name);
    const page = await visit('/sign-in?to=account');
    await page.locator('[name=email]').fill(email);
    await page.locator('[name=password]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('.logins li').first().waitFor();
    await page.goto(new URL(path, open.url).href);
    await page.locator('.account-button').waitFor();
    return page;
  }

  const submit = (page: Page) => page.locator('form.account-form button[type=submit]').first().click();

  it('shows the sign-in, and what is wrong', async () => {
    const page = await visit('/sign-in');
    await isFine(page, 'sign-in');
    await submit(page);
    await page.getByText(t.problem.passwordMissing).waitFor();
    await isFine(page, 'sign-in-empty');
    await page.locator('[name=email]').fill('nobody@example.org');
    await page.locator('[name=password]').fill('wrong horse');
    await page.locator('.reveal').click();
    await isFine(page, 'sign-in-shown');
    await submit(page);
    await page.getByText(t.problem.credentials).waitFor();
    await isFine(page, 'sign-in-wrong');
  });

  it('shows the provider after the password, and first if nobody can register', async () => {
    const { path } = await bystanders.room({});
    const room = path.split('/').at(-1);
    await isFine(
      await visitWith(`/sign-in?room=${room}`, { 'data-oidc-name': 'Example' }),
      'sign-in-provider',
    );
    const only = { 'data-oidc-name': 'Example', 'data-registration': 'closed', 'data-guests': 'off' };
    await isFine(await visitWith('/sign-in', only), 'sign-in-provider-first');
  });

  it('says in words why a sign-in at the provider failed', async () => {
    const page = await visit('/#error=access_denied');
    await page.getByText(m.failure.access_denied.title).waitFor();
    await isFine(page, 'home-access-denied');
    const { path } = await bystanders.room({});
    const lobby = await visit(`${path}#error=provider_failed`);
    await lobby.getByText(m.failure.provider_failed.title).waitFor();
    await isFine(lobby, 'lobby-provider-failed');
  });

  it('asks to sign in first on a server without guests', async () => {
    const home = await visitWith('/', { 'data-guests': 'off' });
    await home.getByText(m.home.guestsOff).waitFor();
    await isFine(home, 'home-guests-off');
    const { path } = await bystanders.room({});
    const page = await visitWith(path, { 'data-guests': 'off' });
    await page.getByRole('heading', { name: t.signIn.headline }).waitFor();
    await isFine(page, 'sign-in-guests-off');
  });

  it('shows the registration, taken addresses, and why it is closed', async () => {
    const email = await register('taken');
    const page = await visit('/register');
    await isFine(page, 'register');
    await page.locator('[name=email]').fill(email);
    await page.locator('[name=password]').fill('short');
    await submit(page);
    await page.locator('.field-problem').waitFor();
    await page.locator('[name=password]').fill(PASSWORD);
    await submit(page);
    await page.getByText(t.problem.emailTaken).waitFor();
    await isFine(page, 'register-taken');
    await isFine(await visitWith('/register', { 'data-registration': 'closed' }), 'register-closed');
    await isFine(await visitWith('/register', { 'data-registration': 'invite' }), 'register-invite');
  });

  it('shows setup and reset, with their links and without', async () => {
    await isFine(await visit('/setup'), 'setup-missing');
    const setup = await visit('/setup#token=not-a-token');
    await isFine(setup, 'setup');
    await setup.locator('[name=email]').fill('admin@example.org');
    await setup.locator('[name=password]').fill(PASSWORD);
    await submit(setup);
    await setup.getByRole('heading', { name: t.setup.badTitle }).waitFor();
    await isFine(setup, 'setup-bad');
    await isFine(await visit('/reset'), 'reset-missing');
    await isFine(await visit('/reset#token=not-a-token'), 'reset');
  });

  it('shows the account and its menu', async () => {
    const page = await signedIn('whole', '/account');
    await page.locator('.logins li').first().waitFor();
    await isFine(page, 'account');
    for (const section of ['status', 'password', 'logins', 'delete']) {
      await page.locator(`#${section}-title`).scrollIntoViewIfNeeded();
      await isFine(page, `account-${section}`);
    }
    await page.locator('.account-button').click();
    await isFine(page, 'account-menu');
  });

  it('shows what is wrong in the account’s forms', async () => {
    const page = await signedIn('wrong', '/account');
    await page.locator('[name=username]').fill('ä');
    await page.locator('[name=avatarUrl]').fill('http://example.org/ada.png');
    await submit(page);
    await page.getByText(t.problem.avatarBad).waitFor();
    await isFine(page, 'account-problems');
    await page.locator('[name=username]').fill('');
    await page.locator('[name=avatarUrl]').fill('https://localhost:1/none.png');
    await page.getByText(t.profile.avatarBroken).waitFor();
    await submit(page);
    await page.getByText(t.saved).waitFor();
    await isFine(page, 'account-broken-picture');
    await page.getByRole('button', { name: t.remove.open }).click();
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await page.getByText(t.problem.passwordMissing).waitFor();
    await isFine(page, 'account-delete-dialog');
  });

  it('shows the account to nobody else', async () => {
    const page = await visit('/account');
    await page.getByRole('heading', { name: t.account.noneTitle }).waitFor();
    await isFine(page, 'account-nobody');
  });

  it('shows who is signed in at home, and in the lobby', async () => {
    const page = await signedIn('home', '/');
    await isFine(page, 'home-signed-in');
    const { path } = await bystanders.room({ name: 'Weekly' });
    await page.goto(new URL(path, open.url).href);
    await page.locator('.preview video[data-shape=landscape]').waitFor();
    await isFine(page, 'lobby-signed-in');
  });
});

/** 320 px is a phone's width at 200 % zoom, or a desktop's at 400 % (WCAG 2.2, 1.4.10). */
describe('the account pages, narrow and in forced colours', () => {
  it.each(['/', '/sign-in', '/register', '/setup#token=x', '/reset#token=x', '/account'])(
    'fit: %s',
    async (path) => {
      const context = await browser.newContext({
        viewport: { width: 320, height: 512 },
        locale: 'ru-RU',
        forcedColors: 'active',
      });
      const page = await context.newPage();
      await page.goto(open.url + path);
      await page.locator(LOADED).waitFor();
      await expectFine(page, `narrow${path.replace(/\W/g, '-')}`);
      await context.close();
    },
  );

  it('fit: the lobby', async () => {
    const bystanders = createBystanders(() => open);
    const { path } = await bystanders.room({ name: 'Еженедельное совещание' });
    const context = await browser.newContext({ viewport: { width: 320, height: 512 }, locale: 'ru-RU' });
    const page = await context.newPage();
    await page.goto(open.url + path);
    await page.locator('form.enter').waitFor();
    await expectFine(page, 'narrow-lobby');
    await context.close();
  });

  const LONG = `${'verylongname'.repeat(4)}@${'subdomain'.repeat(6)}.example.org`;
  it.each([
    ['narrow', 'Константин Константинопольский', 'narrow@example.org'],
    ['narrow-long', `${'Wolfeschlegelsteinhausenbergerdorff'.repeat(2)}`.slice(0, 64), LONG],
  ])('fit: the whole account and its menu (%s)', async (picture, displayName, email) => {
    const context = await browser.newContext({
      viewport: { width: 320, height: 512 },
      locale: 'ru-RU',
      forcedColors: 'active',
    });
    const page = await context.newPage();
    await page.goto(`${open.url}/register?to=account`);
    await page.locator('[name=displayName]').fill(displayName);
    await page.locator('[name=email]').fill(email);
    await page.locator('[name=password]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('.logins li').first().waitFor();
    await page.locator('.account-button').click();
    await expectFine(page, `${picture}-account-menu`);
    await page.keyboard.press('Escape');
    await page.locator('#logins-title').scrollIntoViewIfNeeded();
    await expectFine(page, `${picture}-account-logins`);
    await context.close();
  });
});
