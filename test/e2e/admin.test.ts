import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import type { TokensReply } from '../../src/protocol/bodies.ts';
import { en } from '../../src/web/i18n/en.ts';
import { accounts } from '../../src/web/i18n/en-accounts.ts';
import { admin as t } from '../../src/web/i18n/en-admin.ts';
import { isolate } from '../../src/web/i18n/isolate.ts';
import { makeAdmin, PASSWORD, register, signedIn } from '../support/browser/admins.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { Person } from '../support/browser/person.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import { SECRET, startReceiver } from '../webhooks/receiver.ts';

let browser: Browser;
let server: TestServer;
let ada: TokensReply;
const contexts: Pick<BrowserContext, 'close'>[] = [];
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await server.close();
});
afterAll(() => browser.close());

/** Starts a server whose admin is Ada. */
async function start(environment: Environment = {}): Promise<void> {
  server = await startServer(environment);
  ada = await makeAdmin(server);
}

/** Opens an address in a browser in which somebody is signed in. */
async function open(address: string, tokens: TokensReply | null = ada): Promise<Page> {
  const context =
    tokens === null ? await browser.newContext({ locale: 'en-US' }) : await signedIn(browser, server, tokens);
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(new URL(address, server.url).href);
  return page;
}

async function person(name: string): Promise<Person> {
  const arrived = await Person.arrive(browser, { name });
  contexts.push(arrived);
  return arrived;
}

async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.locator('[name=email]').fill(email);
  await page.locator('[name=password]').fill(password);
  await page.keyboard.press('Enter');
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
/** Answers the question of a dialog. */
const confirm = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

describe('the console', () => {
  it('leads through the sign-in to the section that was asked for, and is in the menu of admins', async () => {
    await start();
    const page = await open('/admin/keys', null);
    await heading(page, t.gate.nobodyTitle).waitFor();
    await page.getByRole('link', { name: t.gate.signIn }).click();
    await signIn(page, 'ada@example.org');
    await heading(page, t.sections.keys).waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/admin/keys');
    await page.getByText(t.keys.current).waitFor();

    await page.goto(server.url);
    await page.locator('.account-button').click();
    await page.getByRole('link', { name: en.account.admin }).click();
    await page.getByText(t.overview.sessions).waitFor();
    await page.getByRole('link', { name: t.sections.limits }).click();
    await heading(page, t.sections.limits).waitFor();
    await page.goBack();
    await heading(page, t.sections.overview).waitFor();
  });

  it('is closed to everybody else, and lets them sign in as an admin', async () => {
    await start();
    const ben = await register(server, 'ben', 'Ben');
    const page = await open('/admin', ben);
    await heading(page, t.gate.refusedTitle).waitFor();
    await page.getByText(t.gate.refusedText('Ben')).waitFor();
    await page.goto(server.url);
    await page.locator('.account-button').click();
    expect(await page.getByRole('link', { name: en.account.admin }).count()).toBe(0);
    await page.goto(`${server.url}/admin/users`);
    await button(page, t.gate.other).click();
    await signIn(page, 'ada@example.org');
    await heading(page, t.sections.users).waitFor();
  });

  it('says so once the role is taken away while one looks', async () => {
    await start();
    const ben = await register(server, 'ben', 'Ben');
    const page = await open(`/admin/users/${ben.user.id}`);
    await button(page, t.users.promote).click();
    await confirm(page, t.users.promote);
    await page.getByText(t.users.promoted(isolate('Ben'))).waitFor();

    const his = await open('/admin/limits', ben);
    await heading(his, t.sections.limits).waitFor();
    await his.getByText(t.limits.none).waitFor();
    await button(page, t.users.demote).click();
    await confirm(page, t.users.demote);
    await page.getByText(t.users.demoted(isolate('Ben'))).waitFor();
    await his.getByRole('link', { name: t.sections.keys }).click();
    await heading(his, t.gate.demotedTitle).waitFor();
  });

  it('keeps the last admin, and says what to do', async () => {
    await start();
    const page = await open(`/admin/users/${ada.user.id}`);
    await button(page, t.users.demote).click();
    await confirm(page, t.users.demote);
    await page.getByText(t.failure.last_admin.title).waitFor();
    await confirm(page, t.cancel);
    await page.getByText(t.users.isAdmin).waitFor();
  });

  it('shows how two people in a call are connected, puts one out and ends it for the other', async () => {
    await start();
    const page = await open('/admin/rooms');
    await page.getByText(t.rooms.none).waitFor();
    const [maya, ken] = [await person('Maya'), await person('Ken')];
    const link = await maya.startCall(server.url);
    await maya.join(link);
    await ken.join(link);
    await maya.sees('Ken');
    await page.reload();
    const rows = page.locator('.live-room li');
    await expect.poll(() => rows.count()).toBe(2);
    // Each has told how it is connected, or will have by the next poll.
    for (const name of ['Maya', 'Ken'])
      await rows.filter({ hasText: name }).getByText(t.rooms.paths.direct).waitFor();

    await rows.filter({ hasText: 'Ken' }).getByRole('button').click();
    await page.getByRole('menuitem', { name: t.rooms.remove, exact: true }).click();
    await confirm(page, t.rooms.remove);
    await heading(ken.page, en.ended.kicked.title).waitFor();
    await page.getByText(t.rooms.removed(isolate('Ken'))).waitFor();
    await expect.poll(() => rows.count()).toBe(1);

    await page.locator('.live-room .head .danger').click();
    await page.getByText(t.rooms.endText).waitFor();
    await confirm(page, t.rooms.end);
    await heading(maya.page, en.ended.room_closed.title).waitFor();
    await page.getByText(t.rooms.ended).waitFor();
    await page.getByText(t.rooms.none).waitFor();
  });

  it('blocks somebody from a call, but not its owner', async () => {
    await start();
    const [maya, ken] = [await person('Maya'), await person('Ken')];
    const link = await maya.startCall(server.url);
    await ken.join(link);
    await maya.join(link);
    const page = await open('/admin/rooms');
    const menuOf = (name: string) => page.locator('.live-room li', { hasText: name }).getByRole('button');
    await menuOf('Ken').click();
    await page.getByRole('menuitem', { name: t.rooms.ban, exact: true }).click();
    await confirm(page, t.rooms.ban);
    await ken.page.getByText(en.ended.banned.text).waitFor();
    await menuOf('Maya').click();
    await page.getByRole('menuitem', { name: t.rooms.account }).waitFor();
    expect(await page.getByRole('menuitem').count()).toBe(1);
  });

  it('finds a user, makes a link for a new password, signs the user out, and deletes the account', async () => {
    await start();
    const grace = await register(server, 'grace', 'Grace Hopper');
    await register(server, 'ken', 'Ken');
    const page = await open('/admin/users');
    const rows = page.locator('.admin-users li');
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByLabel(t.users.search).fill('grace h');
    await expect.poll(() => rows.count()).toBe(1);
    await rows.getByText('grace@example.org').waitFor();
    await rows.getByRole('link').click();
    await heading(page, 'Grace Hopper').waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/admin/users/${grace.user.id}`);

    const hers = await open('/account', grace);
    await hers.locator('.logins li').first().waitFor();
    await button(page, t.users.makeReset).click();
    const link = await page.locator('.new-invitation input').inputValue();
    const elsewhere = await open(link, null);
    await elsewhere.locator('[name=password]').fill('another horse battery');
    await elsewhere.keyboard.press('Enter');
    await heading(elsewhere, accounts.reset.doneTitle).waitFor();
    await hers.reload();
    await heading(hers, accounts.signIn.endedTitle).waitFor();
    await elsewhere.getByRole('link', { name: accounts.signIn.submit }).click();
    await signIn(elsewhere, 'grace@example.org', 'another horse battery');
    await elsewhere.locator('.account-button').waitFor();

    await page.reload();
    await page.getByRole('button', { name: new RegExp(`^${t.users.endLoginOf('')}`) }).click();
    await confirm(page, t.users.endLogin);
    await page.getByText(t.users.noLogins).waitFor();

    await button(page, t.users.removeConfirm).click();
    await confirm(page, t.users.removeConfirm);
    await heading(page, t.users.removed(isolate('Grace Hopper'))).waitFor();
    await page.locator('.admin-back').click();
    await expect.poll(() => rows.count()).toBe(2);
  });

  it('invites somebody to register, and revokes invitations', async () => {
    await start({ REGISTRATION: 'invite' });
    const page = await open('/admin/invitations');
    await page.getByText(t.invitations.none).waitFor();
    await button(page, en.rooms.invitations.make).click();
    await page.getByRole('dialog').locator('button[type=submit]').click();
    const link = await page.locator('.new-invitation input').inputValue();
    const guest = await open(link, null);
    await guest.locator('[name=email]').fill('grace@example.org');
    await guest.locator('[name=password]').fill(PASSWORD);
    await guest.keyboard.press('Enter');
    await guest.locator('.account-button').waitFor();
    await page.reload();
    await page.getByText(en.rooms.invitations.usedUp).waitFor();
    await button(page, en.rooms.invitations.revoke).click();
    await confirm(page, en.rooms.invitations.revoke);
    await page.getByText(t.invitations.none).waitFor();
  });

  it('sends an event to a webhook again', async () => {
    const receiver = await startReceiver();
    await start({
      WEBHOOK_URLS: receiver.url(),
      WEBHOOK_SECRET: SECRET,
      WEBHOOK_EVENTS: 'user.registered',
    });
    await register(server, 'ben', 'Ben');
    await receiver.take(1);
    const page = await open('/admin/webhooks');
    const row = page.locator('[data-event]').filter({ hasText: t.webhooks.states.delivered }).first();
    await row.getByRole('button').click();
    await page.getByText(t.webhooks.resent(1)).waitFor();
    await receiver.take(2);
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(
      await page.locator('[data-event]').first().getAttribute('data-event'),
    );
    await page.getByLabel(t.webhooks.state).selectOption('dropped');
    await page.getByText(t.webhooks.noneOf).waitFor();
  });

  it('takes a stopped webhook up again', async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => response.writeHead(410).end());
    await start({ WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET, WEBHOOK_EVENTS: 'user.registered' });
    await register(server, 'ben', 'Ben');
    await receiver.take(1);
    const page = await open('/admin/webhooks');
    // The answer may not be noted yet.
    await expect
      .poll(async () => {
        await page.reload();
        await page.getByText(t.webhooks.deliveries).waitFor();
        return page.getByText(t.webhooks.stopped, { exact: true }).count();
      })
      .toBe(1);
    receiver.answer((response) => response.writeHead(204).end());
    await button(page, t.webhooks.resume).click();
    await page.getByText(t.webhooks.resumed(1)).waitFor();
    await receiver.take(2);
    await page.getByText(t.webhooks.working, { exact: true }).waitFor();
  });

  it('makes a backup, and replaces the key without signing anybody out', async () => {
    await start();
    const page = await open('/admin');
    await button(page, t.overview.backUp).click();
    await page.getByText(/^Saved as .*parley-.*\.db\.$/).waitFor();
    await page.getByRole('link', { name: t.sections.keys }).click();
    const keys = page.locator('.admin-list li');
    await expect.poll(() => keys.count()).toBe(1);
    await button(page, t.keys.rotate).click();
    await confirm(page, t.keys.rotate);
    await page.getByText(t.keys.rotated).waitFor();
    await expect.poll(() => keys.count()).toBe(2);
    await page.reload();
    await heading(page, t.sections.keys).waitFor();
  });

  it('does not poll in a hidden tab, and does so at once when the tab is shown again', async () => {
    await start();
    const context = await signedIn(browser, server, ada);
    contexts.push(context);
    const page = await context.newPage();
    await page.clock.install();
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/admin/rooms?limit=50') && request.resourceType() === 'fetch') asked += 1;
    });
    await page.goto(`${server.url}/admin/rooms`);
    await page.getByText(t.rooms.none).waitFor();
    await page.clock.runFor('00:35');
    await expect.poll(() => asked).toBeGreaterThan(1);
    await page.evaluate(setVisibility, 'hidden');
    // What is under way is answered before the next request.
    await page.evaluate(() => fetch('/health').then((reply) => reply.text()));
    const before = asked;
    await page.clock.runFor('10:00');
    expect(asked).toBe(before);
    await page.evaluate(setVisibility, 'visible');
    await expect.poll(() => asked).toBe(before + 1);
  });

  it('shows what it knows while the server does not answer, and says so', async () => {
    await start();
    const page = await open('/admin/keys');
    await page.getByText(t.keys.current).waitFor();
    await page.route('**/admin/keys?*', (route) => route.abort());
    await page.route('**/admin/keys', (route) =>
      route.request().resourceType() === 'fetch' ? route.abort() : route.continue(),
    );
    await page.getByRole('link', { name: t.sections.limits }).click();
    await heading(page, t.sections.limits).waitFor();
    await page.getByRole('link', { name: t.sections.keys }).click();
    await page.getByText(en.failure.network.title).waitFor();
    await page.unrouteAll();
    await button(page, en.lobby.tryAgain).click();
    await page.getByText(t.keys.current).waitFor();
  });
});

/** Runs in the page: what a browser does when a tab is left or shown. */
function setVisibility(state: string): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' });
  document.dispatchEvent(new Event('visibilitychange'));
}
