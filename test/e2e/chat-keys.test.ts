import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { en as t } from '../../src/web/i18n/en.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import type { Person } from '../support/browser/person.ts';

const { server, arrive } = peopleOnServer();
const { room } = createBystanders(() => server);

async function enter(name: string, link: string): Promise<Person> {
  const person = await arrive(name);
  await person.join(link);
  return person;
}

/** Presses keys, one after the other. */
async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Moves the focus on by Tab until it is on what has this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused = () =>
    page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
    });
  for (let steps = 0; steps < 40; steps += 1) {
    if ((await focused()).trim() === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${name}; the focus is on ${await focused()}`);
}

describe('chat without a pointer', () => {
  it('opens, writes, replies, reacts, edits and deletes; the focus returns when it closes', async () => {
    const link = new URL((await room({ chat: 'all' })).path, server.url).href;
    const ann = await enter('Ann', link);
    const bob = await enter('Bob', link);
    const field = (page: Page) => page.getByRole('textbox', { name: t.talk.write });

    await press(ann.page, 'c');
    await field(ann.page).waitFor();
    await expect
      .poll(() => field(ann.page).evaluate((element) => element === document.activeElement))
      .toBe(true);
    await ann.page.keyboard.type('hello');
    await press(ann.page, 'Enter');

    // A notice tells of it, and goes when the chat is open.
    await bob.page.locator('.toast', { hasText: 'hello' }).waitFor();
    const button = bob.page.getByRole('button', { name: t.talk.openChat });
    await button.focus();
    await press(bob.page, 'Enter');
    await field(bob.page).waitFor();
    await expect.poll(() => bob.page.locator('.toast', { hasText: 'hello' }).count()).toBe(0);

    const got = bob.page.locator('.message[data-own=false]');
    await got.focus();
    await tabTo(bob.page, t.talk.reply);
    await press(bob.page, 'Enter');
    await expect
      .poll(() => field(bob.page).evaluate((element) => element === document.activeElement))
      .toBe(true);
    await bob.page.keyboard.type('hi');
    await press(bob.page, 'Enter');
    await ann.page.locator('.message', { hasText: 'hi' }).locator('.quote', { hasText: 'hello' }).waitFor();

    await got.focus();
    await tabTo(bob.page, t.talk.react);
    await press(bob.page, 'Enter');
    await tabTo(bob.page, t.talk.reactWith('👍'));
    await press(bob.page, 'Enter');
    await ann.page.getByRole('button', { name: t.talk.reacted('👍', 1, false) }).waitFor();

    await field(bob.page).focus();
    await press(bob.page, 'ArrowUp');
    await bob.page.getByText(t.talk.editing).waitFor();
    await press(bob.page, 'End');
    await bob.page.keyboard.type('!');
    await press(bob.page, 'Enter');
    await ann.page
      .locator('.message', { hasText: 'hi!' })
      .getByText(t.talk.edited, { exact: true })
      .waitFor();

    await bob.page.locator('.message', { hasText: 'hi!' }).focus();
    await tabTo(bob.page, t.talk.remove);
    await press(bob.page, 'Enter');
    await tabTo(bob.page, t.talk.remove);
    await press(bob.page, 'Enter');
    await ann.page.getByText(t.talk.deleted).waitFor();

    await field(bob.page).focus();
    await press(bob.page, 'Escape');
    await field(bob.page).waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('announces what others write politely, and not what one writes oneself', async () => {
    const link = new URL((await room({ chat: 'all' })).path, server.url).href;
    const ann = await enter('Ann', link);
    const bob = await enter('Bob', link);
    for (const { page } of [ann, bob]) {
      await press(page, 'c');
      await page.getByRole('textbox', { name: t.talk.write }).waitFor();
    }
    const announced = (page: Page) => page.locator('[role=status][aria-live=polite]').allInnerTexts();
    await ann.page.keyboard.type('one');
    await press(ann.page, 'Enter');
    await expect.poll(async () => (await announced(bob.page)).join()).toContain('one');
    await bob.page.locator('.message', { hasText: 'one' }).waitFor();
    await ann.page.locator('.message', { hasText: 'one' }).waitFor();
    expect((await announced(ann.page)).join()).not.toContain('one');
  });
});
