import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/client/index.ts';
import { type Messages, messagesFor } from '../../src/web/i18n/messages.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { browserOnServer } from '../support/browser/on-server.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';

/** Every state of the page on each device. Those of the account pages: `account-screens.test.ts`. */
const PASSWORD = 'correct horse';

const on = browserOnServer();

describe.each(DEVICES)('the page on a $device ($locale, $colorScheme)', ({ device, locale, ...look }) => {
  const t: Messages = messagesFor([locale]);
  const open: BrowserContext[] = [];
  const bystanders = createBystanders(() => on.server);
  afterEach(async () => {
    await bystanders.leave();
    await Promise.all(open.splice(0).map((context) => context.close()));
  });

  async function visit(path: string, before?: () => void): Promise<Page> {
    const context = await on.browser.newContext({ ...look, locale, permissions: ['camera', 'microphone'] });
    open.push(context);
    const page = await context.newPage();
    if (before !== undefined) await page.addInitScript(before);
    await page.goto(new URL(path, on.server.url).href);
    return page;
  }

  async function enter(page: Page, name = 'Анна Bell'): Promise<Page> {
    await page.getByLabel(t.lobby.name).fill(name);
    await page.locator('form.enter button').click();
    return page;
  }

  async function inCallWith(others: number): Promise<Page> {
    const { path } = await bystanders.room({ max: 8 });
    await bystanders.come(path, others);
    const page = await enter(await visit(path));
    await page.getByRole('button', { name: t.call.leave }).waitFor();
    await page.locator(`ul[data-count="${others + 1}"]`).waitFor();
    return page;
  }

  const isFine = (page: Page, name: string) => expectFine(page, `${name}-${device}`);

  it('shows the home page and its options', async () => {
    const page = await visit('/');
    await isFine(page, 'home');
    await page.getByText(t.home.options, { exact: true }).click();
    await page.getByLabel(t.home.password).fill('short');
    await page.getByRole('button', { name: t.home.start }).click();
    await page.getByText(t.home.passwordShort(LIMITS.password.min)).waitFor();
    await isFine(page, 'home-options');
  });

  it('says that there is no call at a link', async () => {
    const page = await visit('/connect/00000000-0000-4000-8000-000000000000');
    await page.getByText(t.home.missingTitle).waitFor();
    expect(await page.title()).toBe(t.home.title);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(t.lang);
    await isFine(page, 'home-missing');
  });

  it('shows the lobby, and asks for the password', async () => {
    const { path } = await bystanders.room({ name: 'Weekly', password: PASSWORD });
    const page = await visit(path);
    await page.locator('.preview video[data-shape=landscape]').waitFor();
    await isFine(page, 'lobby');
    await page.locator('form.enter button').click();
    await page.getByText(t.lobby.nameMissing).waitFor();
    await page.getByLabel(t.lobby.password).fill('wrong horse');
    await enter(page);
    await page.getByText(t.lobby.passwordWrong).waitFor();
    await isFine(page, 'lobby-password');
  });

  it('says that a call is full', async () => {
    const { path } = await bystanders.room({ max: 2 });
    await bystanders.come(path, 2);
    const page = await enter(await visit(path));
    await page.getByText(t.failure.room_full.title).waitFor();
    await isFine(page, 'lobby-full');
  });

  it('explains blocked devices, and lets the person watch', async () => {
    const { path } = await bystanders.room({});
    const page = await visit(path, denyDevices);
    await page.getByText(t.trouble.bothDenied.title).waitFor();
    await isFine(page, 'lobby-denied');
    await page.getByLabel(t.lobby.name).fill('Ann');
    await page.getByRole('button', { name: t.lobby.watch }).click();
    await page.getByRole('button', { name: t.call.noCamera }).waitFor();
    await isFine(page, 'call-watching');
  });

  it('shows the link while the person is alone', async () => {
    const page = await inCallWith(0);
    await page.getByText(t.call.alone).waitFor();
    await isFine(page, 'call-alone');
  });

  it.each([1, 3, 7])('shows %i others at once, without scrolling', async (others) => {
    await isFine(await inCallWith(others), `call-${others + 1}`);
  });

  it('shows connection details, devices and shortcuts, and restores the focus', async () => {
    const page = await inCallWith(2);
    for (const [name, title] of [
      ['details', t.call.details],
      ['devices', t.call.devices],
      ['shortcuts', t.call.shortcuts],
    ] as const) {
      const more = page.getByRole('button', { name: t.call.more, exact: true });
      if (await more.isVisible()) await more.click();
      await page.getByRole('button', { name: title }).click();
      await page.getByRole('dialog', { name: title }).waitFor();
      await isFine(page, `call-${name}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await page.evaluate(() => document.activeElement?.matches('.controls button'))).toBe(true);
    }
  });

  it('shows the chat beside the call or over it, with what one can do with a message', async () => {
    const page = await inCallWith(2);
    await page.keyboard.press('c');
    const field = page.getByRole('textbox', { name: t.talk.write });
    await field.waitFor();
    await page.locator('.history[data-history=complete]').waitFor();
    await isFine(page, 'chat-empty');
    for (const text of [
      'https://example.org/a-long-address/that-goes-on-and-on-and-on-and-on',
      'второе 👍',
    ]) {
      await field.fill(text);
      await page.getByRole('button', { name: t.talk.send, exact: true }).click();
      await page.locator('.message', { hasText: text }).waitFor();
    }
    const last = page.locator('.message').last();
    await last.focus();
    await isFine(page, 'chat-message');
    await last.getByRole('button', { name: t.talk.react, exact: true }).click();
    await last.getByRole('button', { name: t.talk.reactWith('🎉') }).click();
    await last.locator('.reactions').waitFor();
    await last.getByRole('button', { name: t.talk.reply }).click();
    await isFine(page, 'chat-reply');
    await last.focus();
    await last.getByRole('button', { name: t.talk.remove }).click();
    await isFine(page, 'chat-delete');
  });

  it('shows raised hands, reactions and the speaker large', async () => {
    const page = await inCallWith(3);
    await page.keyboard.press('l');
    await page.keyboard.press('h');
    await page.locator('.tile[data-self=true] .hand').waitFor();
    await page.keyboard.press('r');
    await page.getByRole('button', { name: t.talk.reactWith('🎉') }).waitFor();
    await isFine(page, 'call-react');
    await page.keyboard.press('5');
    await page.locator('.floating').waitFor();
    await page.keyboard.press('p');
    await page.getByRole('heading', { name: t.talk.hands }).waitFor();
    await isFine(page, 'people-hands');
    await page.keyboard.press('Escape');
    const more = page.getByRole('button', { name: t.call.more, exact: true });
    if (await more.isVisible()) await more.click();
    await page.getByRole('button', { name: t.talk.view }).click();
    await page.getByRole('dialog', { name: t.talk.view }).waitFor();
    await isFine(page, 'call-view');
  });

  it('shows the end of a call, and the way back', async () => {
    const page = await inCallWith(1);
    await page.getByRole('button', { name: t.call.leave }).click();
    await page.getByRole('heading', { name: t.ended.left.title }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await isFine(page, 'ended');
    await page.getByRole('button', { name: t.ended.rejoin }).click();
    await page.getByRole('button', { name: t.call.leave }).waitFor();
  });
});

/** Runs in the page before its own scripts. */
function denyDevices(): void {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
}
