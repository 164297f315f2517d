import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, it } from 'vitest';
import { TokensReply } from '../../src/protocol/bodies.ts';
import { type Messages, messagesFor } from '../../src/web/i18n/messages.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { browserOnServer } from '../support/browser/on-server.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';
import { api } from '../support/server/api.ts';

/** What hosts see, and those who wait for them, on each device and on a phone and tablet held otherwise. */
const LOOKS = [
  ...DEVICES,
  { device: 'turned', viewport: { width: 844, height: 390 }, locale: 'en-US', colorScheme: 'dark' },
  { device: 'tablet', viewport: { width: 768, height: 1024 }, locale: 'ru-RU', colorScheme: 'light' },
] as const;

const PASSWORD = 'correct horse battery';

const on = browserOnServer();

describe.each(LOOKS)('for hosts on a $device ($locale, $colorScheme)', ({ device, locale, ...look }) => {
  const t: Messages = messagesFor([locale]);
  const open: BrowserContext[] = [];
  const bystanders = createBystanders(() => on.server);
  afterEach(async () => {
    await bystanders.leave();
    await Promise.all(open.splice(0).map((context) => context.close()));
  });
  const isFine = (page: Page, name: string) => expectFine(page, `${name}-${device}`);

  async function visit(address: string): Promise<Page> {
    const context = await on.browser.newContext({
      ...look,
      locale,
      permissions: ['camera', 'microphone', 'clipboard-write'],
    });
    open.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(address);
    return page;
  }

  async function enter(page: Page, name: string): Promise<void> {
    await page.getByLabel(t.lobby.name).fill(name);
    await page.locator('form.enter button').click();
  }

  async function hostACall(waitingRoom: boolean): Promise<Page> {
    const page = await visit(on.server.url);
    await page.getByText(t.home.options, { exact: true }).click();
    await page.getByLabel(t.home.name).fill('Math 7b');
    if (waitingRoom) await page.getByRole('switch', { name: t.rooms.fields.waitingRoom }).click();
    await page.getByRole('button', { name: t.home.start }).click();
    await page.waitForURL('**/connect/*');
    await enter(page, 'Анна Bell');
    await page.getByRole('button', { name: t.call.leave }).waitFor();
    return page;
  }

  async function openPeople(page: Page): Promise<void> {
    const people = page.getByRole('button', { name: t.talk.openPeople });
    if (!(await people.isVisible()))
      await page.getByRole('button', { name: t.call.more, exact: true }).click();
    await people.click();
    await page.locator('.people-panel').waitFor();
  }

  it('shows people, menus and settings', async () => {
    const page = await hostACall(false);
    await bystanders.come(new URL(page.url()).pathname, 3);
    await page.locator('ul[data-count="4"]').waitFor();
    await page.locator('li.tile[data-self=false]').first().hover();
    await page.locator('li.tile .person-menu > .round').first().click();
    await page.getByRole('menu').waitFor();
    await isFine(page, 'host-tile-menu');
    await page.getByRole('menuitem', { name: t.rooms.person.block }).click();
    await page.getByRole('dialog').waitFor();
    await isFine(page, 'host-block');
    await page.keyboard.press('Escape');
    await openPeople(page);
    await isFine(page, 'host-people');
    await page.getByRole('switch', { name: t.rooms.all.lock }).scrollIntoViewIfNeeded();
    await isFine(page, 'host-tools');
    await page.getByRole('button', { name: t.rooms.all.settings }).click();
    await page.getByRole('dialog').waitFor();
    await isFine(page, 'host-settings');
    await page.keyboard.press('Escape');
    const open = async (title: string) => {
      await page.getByRole('button', { name: title, exact: true }).click();
      await page.getByRole('dialog', { name: title }).waitFor();
    };
    await open(t.rooms.bans.title);
    await page.getByText(t.rooms.bans.none).waitFor();
    await isFine(page, 'host-bans-none');
    await page.keyboard.press('Escape');
    await open(t.rooms.invitations.title);
    await page.getByText(t.rooms.invitations.none).waitFor();
    await isFine(page, 'host-invitations-none');
    await page.getByRole('button', { name: t.rooms.invitations.make }).click();
    await isFine(page, 'host-invitation-new');
    await page.getByLabel(t.rooms.person.maySend.screen).uncheck();
    await page.getByLabel(t.rooms.invitations.uses).selectOption('5');
    await page.getByRole('button', { name: t.rooms.invitations.create }).click();
    await page.locator('.host-list li').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: t.rooms.mine.copyLink }).click();
    await isFine(page, 'host-invitation-made');
    await page.locator('.host-list').scrollIntoViewIfNeeded();
    await isFine(page, 'host-invitations');
    await page.locator('.host-list button').click();
    await isFine(page, 'host-invitation-revoke');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: t.rooms.all.end }).click();
    await page.getByRole('dialog').waitFor();
    await isFine(page, 'host-end');
  });

  it('shows who is blocked', async () => {
    const page = await hostACall(false);
    await bystanders.come(new URL(page.url()).pathname, 3);
    await page.locator('ul[data-count="4"]').waitFor();
    await openPeople(page);
    for (let left = 3; left > 1; left--) {
      await page.locator('.people-panel .person-menu > .round').first().click();
      await page.getByRole('menuitem', { name: t.rooms.person.block }).click();
      await page.getByRole('dialog').getByRole('button', { name: t.rooms.person.block }).click();
      // Behind the sheet of a phone.
      await page.locator(`ul[data-count="${left}"]`).waitFor({ state: 'attached' });
    }
    await page.getByRole('button', { name: t.rooms.bans.title, exact: true }).click();
    await page.locator('.host-list li').first().waitFor();
    await isFine(page, 'host-bans');
    await page.locator('.host-list button').first().click();
    await page.locator('.host-list li:only-child').waitFor();
    await isFine(page, 'host-bans-lifted');
  });

  it('shows who waits to the host, and to them that they wait', async () => {
    const page = await hostACall(true);
    const waiter = await visit(page.url());
    await enter(waiter, 'Ирина Соколова-Микитова');
    await waiter.getByRole('heading', { name: t.rooms.waiting.headline }).waitFor();
    await isFine(waiter, 'waiting');
    await page.locator('.knocking').waitFor();
    await isFine(page, 'host-knock');
    await openPeople(page);
    await isFine(page, 'host-knocks');
    await page.locator('.knocks li .round').click();
    await waiter.getByText(t.failure.knock_refused.title).waitFor();
    await isFine(waiter, 'waiting-refused');
  });

  it('shows a person their calls, past ones, and what can be done with them', async () => {
    const email = `host-${device}@example.org`;
    await api(on.server.url, '/auth/register', {
      reply: TokensReply,
      body: { email, password: PASSWORD, displayName: 'Ada' },
    });
    const page = await visit(new URL('/sign-in', on.server.url).href);
    await page.locator('[name=email]').fill(email);
    await page.locator('[name=password]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText(t.rooms.mine.none).waitFor();
    // Not "No account" to somebody who has one.
    await page.getByText(t.home.promiseWithAccount).waitFor();
    await page.getByText(t.home.options, { exact: true }).click();
    await page.getByLabel(t.home.name).fill('Math 7b');
    await page.getByRole('switch', { name: t.rooms.fields.keep }).click();
    await page.getByRole('button', { name: t.home.start }).click();
    await page.waitForURL('**/connect/*');
    await page.locator('form.enter button').click();
    await bystanders.come(new URL(page.url()).pathname, 3);
    await page.locator('ul[data-count="4"]').waitFor();
    await bystanders.leave();
    await page.locator('ul[data-count="1"]').waitFor();
    await page.goto(on.server.url);
    await page.locator('.my-room').waitFor();
    await page.locator('.my-rooms').scrollIntoViewIfNeeded();
    await isFine(page, 'my-rooms');
    await page.locator('.my-room .round').click();
    await isFine(page, 'my-rooms-menu');
    await page.keyboard.press('Escape');
    const choose = async (item: string) => {
      await page.locator('.my-room .round').click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await choose(t.rooms.mine.past);
    await page.locator('.past-calls > li').waitFor();
    await isFine(page, 'past-calls');
    await page.keyboard.press('Escape');
    await choose(t.rooms.mine.rename);
    await page.getByRole('dialog').getByLabel(t.home.name).fill('Math 8b');
    await isFine(page, 'rename');
    await page.keyboard.press('Enter');
    await page.getByText('Math 8b', { exact: true }).waitFor();
    await choose(t.rooms.mine.remove);
    await page.getByRole('dialog').getByRole('button', { name: t.rooms.mine.remove }).click();
    await page.getByText(t.rooms.mine.none).waitFor();
  });
});
