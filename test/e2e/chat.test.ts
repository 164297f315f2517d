import type { Page, WebSocketRoute } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ChatPolicy } from '../../src/client/index.ts';
import { en as t } from '../../src/web/i18n/en.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import type { Person } from '../support/browser/person.ts';

const { server, arrive } = peopleOnServer();
const { room } = createBystanders(() => server);

async function callWith(chat: ChatPolicy): Promise<string> {
  const { path } = await room({ chat });
  return new URL(path, server.url).href;
}

async function enter(name: string, link: string): Promise<Person> {
  const person = await arrive(name);
  await person.join(link);
  return person;
}

async function openChat({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: t.talk.openChat }).click();
  await page.getByRole('textbox', { name: t.talk.write }).waitFor();
}

async function write({ page }: Person, text: string): Promise<void> {
  await page.getByRole('textbox', { name: t.talk.write }).fill(text);
  await page.keyboard.press('Enter');
}

/** Lets a test take the page's connection to the server away, and give it back. */
async function lineOf(page: Page): Promise<(online: boolean) => void> {
  let online = true;
  const sockets = new Set<WebSocketRoute>();
  await page.routeWebSocket(/.*/, (socket) => {
    if (!online) return void socket.close();
    socket.connectToServer();
    sockets.add(socket);
  });
  return (now) => {
    online = now;
    if (now) return;
    for (const socket of sockets) void socket.close({ code: 3000 });
    sockets.clear();
  };
}

const textsIn = (page: Page) => page.locator('.message .text').allInnerTexts();

describe('chat', () => {
  it('goes between two: links, replies, edits, reactions and deletions', async () => {
    const link = await callWith('all');
    const ann = await enter('Ann', link);
    const bob = await enter('Bob', link);
    await openChat(ann);
    await write(ann, 'see https://example.org and javascript:alert(1)');
    // The panel is closed: a badge, and a notice.
    await bob.page.locator('.control .unread').getByText('1', { exact: true }).waitFor();
    await bob.page.locator('.toast', { hasText: 'Ann' }).waitFor();
    await openChat(bob);
    const got = bob.page.locator('.message[data-own=false]');
    await got.getByText('Ann', { exact: true }).waitFor();
    const anchor = got.getByRole('link');
    expect(await anchor.count()).toBe(1);
    expect(await anchor.getAttribute('href')).toBe('https://example.org/');
    expect(await anchor.getAttribute('rel')).toContain('noopener');
    await expect.poll(() => bob.page.locator('.control .unread').count()).toBe(0);

    await got.hover();
    await got.getByRole('button', { name: t.talk.reply }).click();
    await write(bob, 'thanks');
    await ann.page.locator('.message', { hasText: 'thanks' }).locator('.quote', { hasText: 'see' }).waitFor();
    await got.hover();
    await got.getByRole('button', { name: t.talk.react, exact: true }).click();
    await got.getByRole('button', { name: t.talk.reactWith('👍') }).click();
    await ann.page.getByRole('button', { name: t.talk.reacted('👍', 1, false) }).waitFor();

    await ann.page.getByRole('textbox', { name: t.talk.write }).focus();
    await ann.page.keyboard.press('ArrowUp');
    await ann.page.getByText(t.talk.editing).waitFor();
    await write(ann, 'never mind');
    const edited = bob.page.locator('.message', { hasText: 'never mind' });
    await edited.getByText(t.talk.edited, { exact: true }).waitFor();
    const own = ann.page.locator('.message', { hasText: 'never mind' }).first();
    await own.hover();
    await own.getByRole('button', { name: t.talk.remove }).click();
    await own.getByRole('button', { name: t.talk.remove }).click();
    await bob.page.getByText(t.talk.deleted).waitFor();
    await bob.page.getByText(t.talk.repliesToGone).waitFor();
  });

  it('tells who is typing', async () => {
    const link = await callWith('all');
    const [ann, bob] = [await enter('Ann', link), await enter('Bob', link)];
    await openChat(ann);
    await openChat(bob);
    await bob.page.keyboard.type('hm');
    await ann.page.locator('.typing', { hasText: 'Bob' }).waitFor();
    await bob.page.keyboard.press('Enter');
    await ann.page.locator('.typing:empty').waitFor({ state: 'attached' });
  });

  it.each([
    ['all', ['early', 'late']],
    ['since_join', ['late']],
    ['none', ['late']],
  ] as const)('lets a late comer read what "%s" allows', async (policy, texts) => {
    const link = await callWith(policy);
    const ann = await enter('Ann', link);
    await openChat(ann);
    await write(ann, 'early');
    await ann.page.locator('.message', { hasText: 'early' }).waitFor();
    const late = await enter('Late', link);
    await ann.sees('Late');
    await openChat(late);
    await late.page.locator('.history[data-history=complete]').waitFor();
    await write(ann, 'late');
    await late.page.locator('.message', { hasText: 'late' }).waitFor();
    expect(await textsIn(late.page)).toEqual(texts);
  });

  it('is not there if the room has none', async () => {
    const ann = await enter('Ann', await callWith('off'));
    await ann.page.getByRole('button', { name: t.talk.openChat }).click();
    await ann.page.getByText(t.talk.chatOff).waitFor();
  });

  it('keeps the place of somebody who reads far up, counts what they have not seen, and leads down', async () => {
    const link = await callWith('all');
    const ann = await enter('Ann', link);
    await openChat(ann);
    for (let n = 1; n <= 70; n += 1) await write(ann, `message ${n}`);
    await ann.page.locator('.message', { hasText: 'message 70' }).waitFor();
    const bob = await enter('Bob', link);
    await openChat(bob);
    await bob.page.locator('.message', { hasText: 'message 70' }).waitFor();
    const list = bob.page.locator('.messages');
    // Twice: the first page ends at message 21.
    for (const oldest of ['message 21', 'message 1']) {
      await list.evaluate((element) => {
        element.scrollTop = 0;
      });
      await bob.page.getByText(oldest, { exact: true }).waitFor();
    }
    await list.evaluate((element) => {
      element.scrollTop = 400;
    });
    const top = () => bob.page.getByText('message 12', { exact: true }).boundingBox();
    const before = await top();
    for (let n = 71; n <= 95; n += 1) await write(ann, `message ${n}`);
    const down = bob.page.getByRole('button', { name: t.talk.toNew(25) });
    await down.waitFor();
    expect((await top())?.y).toBeCloseTo(before?.y ?? 0, 0);
    // The first way down leads to the first one that was not seen, so that none is skipped.
    await down.click();
    expect(await bob.page.getByText('message 71', { exact: true }).isVisible()).toBe(true);
    const left = Number(/\d+/.exec((await bob.page.locator('.to-newest').innerText()) ?? '')?.[0]);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(25);
    await bob.page.locator('.message[tabindex="0"]').focus();
    await bob.page.keyboard.press('End');
    await bob.page.locator('.to-newest').waitFor({ state: 'detached' });
    expect(await textsIn(bob.page)).toEqual(Array.from({ length: 95 }, (_, n) => `message ${n + 1}`));
  });

  it('sends what was written without a connection once it is back, and shows what was missed once', async () => {
    const link = await callWith('all');
    const ann = await enter('Ann', link);
    const bob = await arrive('Bob');
    const setOnline = await lineOf(bob.page);
    await bob.join(link);
    await openChat(ann);
    await openChat(bob);
    await write(ann, 'before');
    await bob.page.locator('.message', { hasText: 'before' }).waitFor();
    setOnline(false);
    await bob.page.locator('.banner .pill').waitFor();
    await write(bob, 'from offline');
    await bob.page.getByText(t.talk.waitsForConnection).waitFor();
    await write(ann, 'meanwhile');
    setOnline(true);
    await ann.page.locator('.message', { hasText: 'from offline' }).waitFor();
    await bob.page.locator('.pending').waitFor({ state: 'detached' });
    await bob.page.locator('.message', { hasText: 'meanwhile' }).waitFor();
    const texts = await textsIn(ann.page);
    expect([...texts].sort()).toEqual(['before', 'from offline', 'meanwhile']);
    await expect.poll(() => textsIn(bob.page)).toEqual(texts);
  });
});
