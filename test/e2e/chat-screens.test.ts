import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, it } from 'vitest';
import { type Messages, messagesFor } from '../../src/web/i18n/messages.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { browserOnServer } from '../support/browser/on-server.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';

const LOOKS = [
  ...DEVICES,
  { device: 'turned', viewport: { width: 844, height: 390 }, locale: 'en-US', colorScheme: 'dark' },
  { device: 'tablet', viewport: { width: 768, height: 1024 }, locale: 'ru-RU', colorScheme: 'light' },
] as const;

const LONG_LINK = `https://example.org/${'minutes-of-the-meeting/'.repeat(8)}?page=1#notes`;
const SAID = [
  'Good morning! Can everybody hear me? 👋',
  'Доброе утро! Слышу хорошо, но картинка немного отстаёт. Давайте подождём Ирину ещё пару минут?',
  `The notes of last week: ${LONG_LINK}`,
  'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'.repeat(2),
  'Three things for today:\n1. the budget\n2. the new room\n3. who brings the cake 🎂',
  '👩‍👩‍👧‍👦🇪🇪🎉',
];

const on = browserOnServer();

describe.each(LOOKS)('the chat on a $device ($locale, $colorScheme)', ({ device, locale, ...look }) => {
  const t: Messages = messagesFor([locale]);
  const open: BrowserContext[] = [];
  const bystanders = createBystanders(() => on.server);
  afterEach(async () => {
    await bystanders.leave();
    await Promise.all(open.splice(0).map((context) => context.close()));
  });

  async function enter(path: string, name: string): Promise<Page> {
    const context = await on.browser.newContext({ ...look, locale, permissions: ['camera', 'microphone'] });
    open.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(new URL(path, on.server.url).href);
    await page.getByLabel(t.lobby.name).fill(name);
    await page.locator('form.enter button').click();
    await page.getByRole('button', { name: t.call.leave }).waitFor();
    return page;
  }

  async function openChat(page: Page): Promise<void> {
    const chat = page.getByRole('button', { name: t.talk.openChat });
    if (!(await chat.isVisible())) await page.getByRole('button', { name: t.call.more, exact: true }).click();
    await chat.click();
    await page.getByRole('textbox', { name: t.talk.write }).waitFor();
  }

  async function write(page: Page, text: string): Promise<void> {
    await page.getByRole('textbox', { name: t.talk.write }).fill(text);
    await page.keyboard.press('Enter');
    await page.locator('.pending').waitFor({ state: 'detached' });
  }

  async function act(page: Page, text: string, label: string): Promise<void> {
    const row = page.locator('.message', { hasText: text }).first();
    await row.focus();
    await row.getByRole('button', { name: label, exact: true }).click();
  }

  it('shows all that may be said, an unread badge, and the way down', async () => {
    const { path } = await bystanders.room({ name: 'Math 7b', chat: 'all' });
    const maya = await enter(path, 'Maya Lindqvist');
    const anna = await enter(path, 'Анна Bell');
    await openChat(maya);
    for (const text of SAID.slice(0, 2)) await write(maya, text);
    await anna.locator('.unread', { hasText: '2' }).first().waitFor({ state: 'attached' });
    await expectFine(anna, `chat-unread-${device}`);
    await openChat(anna);
    for (const text of SAID.slice(2)) await write(maya, text);
    await act(maya, 'Three things', t.talk.edit);
    await write(maya, 'Three things for today:\n1. the cake 🎂\n2. the budget');
    await write(maya, 'a slip of the keys');
    await act(maya, 'a slip', t.talk.remove);
    await maya.locator('.actions .word.danger').click();
    await anna.getByText(t.talk.deleted).waitFor();
    await act(anna, 'Three things', t.talk.react);
    await anna.getByRole('button', { name: t.talk.reactWith('🎉') }).click();
    await act(maya, 'Three things', t.talk.react);
    await maya.getByRole('button', { name: t.talk.reactWith('🎉') }).click();
    await act(anna, 'Three things', t.talk.reply);
    await expectFine(anna, `chat-replying-${device}`);
    await write(anna, `Я принесу торт, ${'а кто-нибудь другой – чай. '.repeat(4)}`);
    await maya.getByRole('textbox', { name: t.talk.write }).pressSequentially('so');
    await anna.locator('.typing', { hasText: 'Maya' }).waitFor();
    await expectFine(anna, `chat-full-${device}`);
    await act(anna, 'Three things', t.talk.react);
    await expectFine(anna, `chat-react-${device}`);
    await anna.keyboard.press('Escape');
    const list = anna.locator('.messages');
    await list.evaluate((element) => {
      element.scrollTop = 0;
    });
    await anna.locator('.to-newest').waitFor();
    for (const text of ['One more', 'and another']) await write(maya, text);
    await anna.locator('.to-newest', { hasText: '2' }).waitFor();
    await expectFine(anna, `chat-far-up-${device}`);
  });

  it('shows a message that waits for the connection', async () => {
    const { path } = await bystanders.room({ name: 'Math 7b', chat: 'all' });
    const anna = await enter(path, 'Анна Bell');
    await openChat(anna);
    await expectFine(anna, `chat-empty-${device}`);
    await write(anna, SAID[0] ?? '');
    await anna.context().setOffline(true);
    await anna.locator('.banner .pill').waitFor();
    await anna.getByRole('textbox', { name: t.talk.write }).fill('Это дойдёт, когда связь вернётся');
    await anna.keyboard.press('Enter');
    await anna.getByText(t.talk.waitsForConnection).waitFor();
    await expectFine(anna, `chat-pending-${device}`);
  });
});
