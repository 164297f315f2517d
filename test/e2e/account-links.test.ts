import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CreateInviteReply, TokensReply } from '../../src/protocol/bodies.ts';
import { en } from '../../src/web/i18n/en.ts';
import { accounts as t } from '../../src/web/i18n/en-accounts.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { api, createRoom } from '../support/server/api.ts';
import { parley } from '../support/server/command-line.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

const PASSWORD = 'correct horse battery';

let browser: Browser;
let server: TestServer;
const contexts: BrowserContext[] = [];
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await server.close();
});
afterAll(() => browser.close());

async function visit(address: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', permissions: ['camera', 'microphone'] });
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(new URL(address, server.url).href);
  await page.locator('h1').waitFor();
  return page;
}

async function send(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await page.locator(`[name=${name}]`).fill(value);
  await page.locator('form.account-form button[type=submit]').first().click();
}

const register = (email: string, displayName = 'Ada') =>
  api(server.url, '/auth/register', { reply: TokensReply, body: { email, password: PASSWORD, displayName } });

describe('a link', () => {
  it('[TK7] makes the first admin, and nobody else', async () => {
    server = await startServer();
    const link = `/setup#token=${server.setupToken}`;
    const page = await visit(link);
    await send(page, { displayName: 'Ada', email: 'ada@example.org', password: 'short' });
    await page.getByText(t.problem.passwordShort(8)).waitFor();
    await send(page, { password: PASSWORD });
    await page.getByRole('heading', { name: t.setup.readyTitle }).waitFor();
    await page.getByRole('link', { name: t.setup.toAccount }).click();
    await page.getByText(t.account.admin).waitFor();

    const late = await visit(link);
    await send(late, { email: 'eve@example.org', password: PASSWORD });
    await late.getByRole('heading', { name: t.setup.doneTitle }).waitFor();
  });

  it('sets a new password once, made by `parley admin reset-link`', async () => {
    server = await startServer();
    await register('ada@example.org');
    const made = await parley(['admin', 'reset-link', 'ada@example.org'], server.config.databasePath);
    const { pathname, hash } = new URL(made.out.trim());
    const page = await visit(pathname + hash);
    await expect.poll(() => page.url()).toBe(`${server.url}/reset`);
    await send(page, { password: 'another horse battery' });
    await page.getByRole('heading', { name: t.reset.doneTitle }).waitFor();
    await page.getByRole('link', { name: t.signIn.submit }).click();
    await send(page, { email: 'ada@example.org', password: PASSWORD });
    await page.getByText(t.problem.credentials).waitFor();
    await send(page, { password: 'another horse battery' });
    await page.locator('.account-button').waitFor();

    const again = await visit(pathname + hash);
    await send(again, { password: PASSWORD });
    await again.getByRole('heading', { name: t.reset.badTitle }).waitFor();
  });

  it('sets a new password in the browser that is signed in, which has to sign in again', async () => {
    server = await startServer();
    await register('ada@example.org');
    const page = await visit('/sign-in');
    await send(page, { email: 'ada@example.org', password: PASSWORD });
    await page.locator('.account-button').waitFor();
    const made = await parley(['admin', 'reset-link', 'ada@example.org'], server.config.databasePath);
    const { pathname, hash } = new URL(made.out.trim());
    await page.goto(`${server.url}${pathname}${hash}`);
    await send(page, { password: 'another horse battery' });
    await page.getByRole('heading', { name: t.reset.doneTitle }).waitFor();
    await page.getByRole('link', { name: t.signIn.submit }).click();
    await page.getByRole('heading', { name: t.signIn.headline }).waitFor();
    expect(await page.getByText(t.signIn.endedTitle).count()).toBe(0);
  });

  it('invites somebody to register where registration needs it', async () => {
    server = await startServer({ REGISTRATION: 'invite' });
    const admin = await api(server.url, '/setup', {
      reply: TokensReply,
      body: { token: server.setupToken, email: 'ada@example.org', password: PASSWORD },
    });
    const uninvited = await visit('/');
    expect(await uninvited.getByRole('link', { name: en.account.register }).count()).toBe(0);
    await uninvited.goto(`${server.url}/register`);
    await uninvited.getByRole('heading', { name: t.register.inviteTitle }).waitFor();

    const invite = await api(server.url, '/invites', {
      reply: CreateInviteReply,
      token: admin.accessToken,
      body: {},
    });
    const page = await visit(invite.url);
    await expect.poll(() => page.url()).toBe(`${server.url}/register`);
    await page.reload();
    await send(page, { email: 'grace@example.org', password: PASSWORD });
    await page.locator('.account-button').waitFor();
  });
});

describe('a server without guests', () => {
  it('leads from a call’s link through the sign-in to the lobby', async () => {
    server = await startServer({ GUESTS: 'off' });
    const { accessToken } = await register('ada@example.org');
    const { id } = await createRoom(server.url, accessToken);
    const page = await visit(`/connect/${id}`);
    await page.getByText(t.signIn.guestsOff).waitFor();
    await send(page, { email: 'ada@example.org', password: PASSWORD });
    await page.waitForURL(`${server.url}/connect/${id}`);
    await expect.poll(() => page.getByLabel(en.lobby.name).inputValue()).toBe('Ada');
    await page.getByRole('button', { name: en.lobby.join }).click();
    await page.getByRole('button', { name: en.call.leave }).waitFor();
  });

  it('asks at home to sign in, and says why', async () => {
    server = await startServer({ GUESTS: 'off' });
    const page = await visit('/');
    await page.getByText(en.home.guestsOff).waitFor();
    expect(await page.getByRole('button', { name: en.home.start }).count()).toBe(0);
  });
});

describe('a server on which guests start no calls', () => {
  it('lets them join, and says who can start one', async () => {
    server = await startServer({ ROOM_CREATION: 'users' });
    const page = await visit('/');
    await page.getByText(en.home.guestsStartNothing).waitFor();
    expect(await page.getByRole('button', { name: en.home.start }).count()).toBe(0);
    await page.getByLabel(en.home.joinLabel).waitFor();
    expect(await page.getByText(en.home.promise).count()).toBe(0);
  });

  it('offers them no new call after a call, but does so to people with an account', async () => {
    server = await startServer({ ROOM_CREATION: 'users' });
    const { accessToken } = await register('ada@example.org');
    const { id } = await createRoom(server.url, accessToken);
    const page = await visit(`/connect/${id}`);
    await leaveAtOnce(page, 'Grace');
    await page.getByRole('button', { name: en.ended.home }).waitFor();
    expect(await page.getByRole('button', { name: en.ended.startNew }).count()).toBe(0);

    await page.goto(`${server.url}/sign-in?room=${id}`);
    await send(page, { email: 'ada@example.org', password: PASSWORD });
    await leaveAtOnce(page, 'Ada');
    await page.getByRole('button', { name: en.ended.startNew }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/connect/') && !url.pathname.endsWith(id));
  });
});

async function leaveAtOnce(page: Page, name: string): Promise<void> {
  await page.getByLabel(en.lobby.name).fill(name);
  await page.getByRole('button', { name: en.lobby.join }).click();
  await page.getByRole('button', { name: en.call.leave }).click();
  await page.getByRole('heading', { name: en.ended.left.title }).waitFor();
}
