import { describe, expect, it } from 'vitest';
import { en as t } from '../../src/web/i18n/en.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import type { Person } from '../support/browser/person.ts';

const { server, arrive } = peopleOnServer();

async function inCall(...names: string[]): Promise<Person[]> {
  const people: Person[] = [];
  let link = server.url;
  for (const name of names) {
    const person = await arrive(name);
    if (people.length === 0) link = await person.startCall(server.url);
    await person.join(link);
    people.push(person);
  }
  for (const person of people) await person.page.locator(`ul[data-count="${names.length}"]`).waitFor();
  return people;
}

function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error('nobody is there');
  return one;
}

async function areaOf(person: Person, name: string): Promise<number> {
  const box = await person.page.locator('.people li.tile', { hasText: name }).first().boundingBox();
  return (box?.width ?? 0) * (box?.height ?? 0);
}

/** Tiles move for a moment. */
const settles = (check: () => Promise<void>) => expect.poll(check, { timeout: 10_000 }).toBeUndefined();

describe('hands and reactions', () => {
  it('shows raised hands in their order, by shortcut, and floats a reaction over the tile', async () => {
    const [ann, bob, cleo] = (await inCall('Ann', 'Bob', 'Cleo')) as [Person, Person, Person];
    await bob.page.keyboard.press('h');
    await ann.tile('Bob').getByText(t.talk.handMark(1)).waitFor();
    await cleo.page.keyboard.press('h');
    await ann.tile('Cleo').getByText(t.talk.handMark(2)).waitFor();
    await ann.page.keyboard.press('p');
    const hands = ann.page.getByRole('region', { name: t.talk.hands }).getByRole('listitem');
    expect(await hands.locator('.who').allInnerTexts()).toEqual(['Bob', 'Cleo']);
    await bob.page.keyboard.press('h');
    await ann.tile('Cleo').getByText(t.talk.handMark(1)).waitFor();

    await cleo.page.keyboard.press('r');
    await cleo.page.getByRole('button', { name: t.talk.reactWith('🎉') }).click();
    await ann.tile('Cleo').locator('.floating').getByText('🎉').waitFor();
    await ann.tile('Cleo').locator('.floating').waitFor({ state: 'detached' });
  });
});

describe('layouts', () => {
  it('shows the speaker large by shortcut, and whoever is pinned instead', async () => {
    const ann = first(await inCall('Ann', 'Bob', 'Cleo'));
    await ann.page.keyboard.press('l');
    await settles(async () => {
      const sizes = [await areaOf(ann, 'Bob'), await areaOf(ann, 'Cleo')].sort((a, b) => a - b);
      expect(sizes[1]).toBeGreaterThan(3 * (sizes[0] ?? 0));
    });
    await ann.page.keyboard.press('l');
    await ann.tile('Cleo').hover();
    await ann.page.getByRole('button', { name: t.talk.pin('Cleo') }).click();
    await settles(async () => {
      expect(await areaOf(ann, 'Cleo')).toBeGreaterThan(3 * (await areaOf(ann, 'Bob')));
    });
    await ann.page.getByRole('button', { name: t.talk.unpin('Cleo') }).click();
    await settles(async () => {
      expect(Math.abs((await areaOf(ann, 'Cleo')) - (await areaOf(ann, 'Bob')))).toBeLessThan(10);
    });
  });

  it('hides the self-view and mirrors it only if wanted, and remembers both', async () => {
    const ann = first(await inCall('Ann', 'Bob'));
    const self = ann.page.locator('.people li.tile[data-self=true]');
    await self.locator('video[data-mirrored=true]').waitFor();
    await ann.page.getByRole('button', { name: t.talk.view }).click();
    await ann.page.getByLabel(t.talk.mirror).uncheck();
    await self.locator('video[data-mirrored=false]').waitFor();
    await ann.page.getByLabel(t.talk.hideSelf).check();
    await self.waitFor({ state: 'hidden' });
    await ann.page.reload();
    await ann.join(ann.page.url());
    await ann.sees('Bob');
    await self.waitFor({ state: 'hidden' });
  });

  it('puts the whole call into a small window, which ends with the call', async () => {
    const ann = first(await inCall('Ann', 'Bob'));
    const hasWindow = await ann.page.evaluate(() => 'documentPictureInPicture' in window);
    await ann.page.getByRole('button', { name: t.talk.pip }).click();
    await ann.page.getByRole('button', { name: t.talk.pipOpen }).waitFor();
    const tiles = () =>
      ann.page.evaluate(() => {
        const pip = Reflect.get(window, 'documentPictureInPicture');
        return pip?.window?.document.querySelectorAll('.tile video').length ?? 0;
      });
    if (hasWindow) await expect.poll(tiles, { timeout: 10_000 }).toBe(2);
    for (const small of ann.page
      .context()
      .pages()
      .filter((page) => page !== ann.page)) {
      await small.getByRole('button', { name: t.call.mute }).waitFor();
      await small.getByRole('button', { name: t.call.leave }).waitFor();
    }
    await ann.leave();
    await ann.page.getByRole('heading', { name: t.ended.left.title }).waitFor();
    await expect.poll(tiles).toBe(0);
  });

  it('goes on without an ornament that the browser refuses', async () => {
    const ann = await arrive('Ann', () => {
      HTMLVideoElement.prototype.requestPictureInPicture = () => Promise.reject(new Error('no'));
      Reflect.deleteProperty(window, 'documentPictureInPicture');
      Element.prototype.animate = () => {
        throw new Error('no');
      };
    });
    await ann.join(await ann.startCall(server.url));
    await ann.page.getByRole('button', { name: t.talk.pip }).click();
    await ann.page.getByText(t.talk.pipFailed).waitFor();
    await ann.inCall();
  });
});

describe('the side panel', () => {
  it('opens by key, moves between tabs by arrows, closes by Escape and gives the focus back', async () => {
    const ann = first(await inCall('Ann'));
    const chat = ann.page.getByRole('button', { name: t.talk.openChat });
    await chat.focus();
    await ann.page.keyboard.press('Enter');
    const field = ann.page.getByRole('textbox', { name: t.talk.write });
    await field.waitFor();
    await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true);
    await ann.page.getByRole('tab', { name: t.talk.chat }).focus();
    await ann.page.keyboard.press('ArrowLeft');
    await ann.page.getByRole('tab', { name: t.talk.people, selected: true }).waitFor();
    await ann.page.keyboard.press('Escape');
    await expect.poll(() => chat.evaluate((one) => one === document.activeElement)).toBe(true);
  });
});
