import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { en as t } from '../../src/web/i18n/en.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { keepCaptures, unplug } from '../support/browser/page-media.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

const DESK = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const TURNED = { viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true };
const TABLET = { viewport: { width: 768, height: 1024 }, hasTouch: true, isMobile: true };

/** Layout at sizes and in states that screens.test.ts doesn't cover. */
describe('the page', () => {
  let server: TestServer;
  let browser: Browser;
  const open: BrowserContext[] = [];
  const bystanders = createBystanders(() => server);
  beforeAll(async () => {
    server = await startServer();
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await bystanders.leave();
    await Promise.all(open.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function visit(look: BrowserContextOptions, path: string, before?: () => void): Promise<Page> {
    const context = await browser.newContext({
      ...look,
      // Moves tiles to their positions at once.
      reducedMotion: 'reduce',
      locale: look.locale ?? 'en-US',
      permissions: ['camera', 'microphone'],
    });
    open.push(context);
    const page = await context.newPage();
    if (before !== undefined) await page.addInitScript(before);
    await page.goto(new URL(path, server.url).href);
    return page;
  }

  async function inCallWith(others: number, look: BrowserContextOptions): Promise<Page> {
    const { path } = await bystanders.room({ name: 'Physics, groups by year', max: 8 });
    await bystanders.come(path, others);
    const page = await visit(look, path);
    await page.locator('input[name=name]').fill('Ann');
    await page.locator('form.enter button').click();
    await page.locator(`ul[data-count="${others + 1}"]`).waitFor();
    return page;
  }

  it("shows the whole of the call's name, descenders too", async () => {
    const heading = (await inCallWith(0, DESK)).locator('.top h1');
    expect(await heading.evaluate((h1) => h1.scrollHeight - h1.clientHeight)).toBeLessThanOrEqual(0);
  });

  it.each([DESK, PHONE, TURNED])(
    'shows the other of two people large and the self-view small (%j)',
    async (look) => {
      const page = await inCallWith(1, look);
      const other = await page.locator('.tile[data-self=false]').boundingBox();
      const self = await page.locator('.tile[data-self=true][data-floats=true]').boundingBox();
      if (other === null || self === null) throw new Error('a tile is missing');
      expect(other.width * other.height).toBeGreaterThan(5 * self.width * self.height);
      const stage = await page.locator('.people').boundingBox();
      expect((other.width * other.height) / ((stage?.width ?? 0) * (stage?.height ?? 0))).toBeGreaterThan(
        0.75,
      );
    },
  );

  it('says first that the link was wrong, on a phone in landscape too', async () => {
    const page = await visit(TURNED, '/connect/00000000-0000-4000-8000-000000000000');
    const notice = page.getByText(t.home.missingTitle);
    await notice.waitFor();
    const box = await notice.boundingBox();
    expect((box?.y ?? Number.POSITIVE_INFINITY) + (box?.height ?? 0)).toBeLessThan(390);
  });

  it('scrolls to the text that says what is wrong with a field', async () => {
    const page = await visit(PHONE, '/');
    await page.getByText(t.home.options, { exact: true }).click();
    await page.getByLabel(t.home.joinLabel).fill('nonsense');
    await page.getByRole('button', { name: t.home.join, exact: true }).click();
    const words = page.getByText(t.home.joinBad);
    await words.waitFor();
    const box = await words.boundingBox();
    expect((box?.y ?? Number.POSITIVE_INFINITY) + (box?.height ?? 0)).toBeLessThanOrEqual(844);
  });

  it('says that a blocked camera is blocked, and has one "Try again" button', async () => {
    const { path } = await bystanders.room({});
    const page = await visit(DESK, path, () => {
      navigator.mediaDevices.getUserMedia = (wanted) =>
        Promise.reject(new DOMException('no', wanted?.video ? 'NotAllowedError' : 'NotReadableError'));
    });
    await page.getByText(t.trouble.microphoneBusy.title).waitFor();
    await page.locator('.preview').getByText(t.trouble.cameraDenied.title).waitFor();
    expect(await page.getByRole('button', { name: t.lobby.tryAgain }).count()).toBe(1);
    expect(await page.locator('.preview .avatar').count()).toBe(0);
    // Choosing a blocked device would do nothing.
    const menu = page.getByLabel(t.lobby.camera, { exact: true });
    expect([await menu.isDisabled(), await menu.inputValue()]).toEqual([true, '']);
    expect(await menu.locator('option:checked').innerText()).toBe(t.lobby.blocked);
  });

  it('uses the width of an upright tablet, and names its controls there', async () => {
    const { path } = await bystanders.room({});
    const lobby = await visit(TABLET, path);
    await lobby.locator('.preview video[data-shape=landscape]').waitFor();
    expect((await lobby.locator('.preview').boundingBox())?.width).toBeGreaterThan(600);
    const page = await inCallWith(2, TABLET);
    const names = page.locator('.controls > .control .tip');
    for (const name of await names.all()) {
      expect(await name.evaluate((tip) => getComputedStyle(tip).opacity)).toBe('1');
    }
    expect(await page.getByRole('button', { name: t.call.shortcuts }).count()).toBe(0);
  });

  it.each([PHONE, TABLET])('has one row of touch controls, in Russian too (%j)', async (look) => {
    for (const locale of ['en-US', 'ru-RU']) {
      const page = await inCallWith(1, { ...look, locale });
      const tops = await page.locator('.controls > .control, .extras > .control').evaluateAll((controls) =>
        controls.map((control) => {
          const { top, height } = control.getBoundingClientRect();
          return Math.round(top + height / 2);
        }),
      );
      expect(tops).toHaveLength(look === PHONE ? 5 : 6);
      expect(new Set(tops).size).toBe(1);
    }
  });

  it('keeps the self-view off the other person’s name, however long it is', async () => {
    const { path } = await bystanders.room({});
    await bystanders.come(path, 1, ['Maximiliane Freifrau von Droste zu Hülshoff-Stapel']);
    const page = await visit(PHONE, path);
    await page.locator('input[name=name]').fill('Ann');
    await page.locator('form.enter button').click();
    const self = await page.locator('.tile[data-floats=true]').boundingBox();
    const name = await page.locator('.tile[data-self=false] .name').boundingBox();
    if (self === null || name === null) throw new Error('a tile is missing');
    expect(name.x + name.width).toBeLessThanOrEqual(self.x);
  });

  it('shows a whole connection problem on the smallest tile', async () => {
    const page = await inCallWith(7, { ...PHONE, viewport: { width: 260, height: 568 }, locale: 'ru-RU' });
    const cut = await page.locator('.tile .problem').evaluateAll((problems) =>
      problems.filter((problem) => {
        const { right } = problem.getBoundingClientRect();
        const tile = problem.closest('.tile')?.getBoundingClientRect();
        return problem.scrollWidth > problem.clientWidth || right > (tile?.right ?? 0);
      }),
    );
    expect(cut).toHaveLength(0);
  });

  it.each([DESK, PHONE, TURNED, TABLET])('shows broken devices where they hide nobody (%j)', async (look) => {
    const { path } = await bystanders.room({});
    await bystanders.come(path, 3);
    const page = await visit(look, path, keepCaptures);
    await page.locator('input[name=name]').fill('Ann');
    await page.locator('form.enter button').click();
    await page.locator('li.tile[data-self=true][data-camera=on][data-muted=false]').waitFor();
    await page.evaluate(unplug, { kinds: ['audio', 'video'], refusal: 'NotReadableError' });
    await page.locator('.trouble').nth(1).waitFor();
    const below = await page.locator('.strips').boundingBox();
    for (const tile of await page.locator('.tile').all()) {
      const box = await tile.boundingBox();
      expect(box?.y ?? 0).toBeGreaterThanOrEqual((below?.y ?? 0) + (below?.height ?? 0));
    }
    const cut = page
      .locator('.trouble .button')
      .evaluateAll((buttons) => buttons.filter((button) => button.scrollWidth > button.clientWidth));
    expect(await cut).toHaveLength(0);
  });

  it('covers no shared screen with notices on a phone in landscape', async () => {
    const { path } = await bystanders.room({});
    const page = await visit(TURNED, path);
    await page.locator('input[name=name]').fill('Ann');
    await page.locator('form.enter button').click();
    await page.locator('nav.controls').waitFor();
    await bystanders.come(path, 3);
    await page.locator('ul[data-count="4"]').waitFor();
    const toast = await page.locator('.toast:visible').boundingBox();
    const stage = await page.locator('.people').boundingBox();
    expect((toast?.y ?? Number.NaN) + (toast?.height ?? 0)).toBeLessThanOrEqual(stage?.y ?? 0);
  });

  it.each([DESK, TURNED, TABLET])('keeps notices off the side panel (%j)', async (look) => {
    const page = await inCallWith(0, look);
    await page.keyboard.press('p');
    await page.locator('.people-panel').waitFor();
    await bystanders.come(new URL(page.url()).pathname, 2);
    await page.locator('.toast:visible').first().waitFor();
    const panel = await page.locator('.side-panel').boundingBox();
    for (const toast of await page.locator('.toast:visible').all()) {
      const box = await toast.boundingBox();
      expect((box?.x ?? Number.NaN) + (box?.width ?? 0)).toBeLessThanOrEqual(panel?.x ?? 0);
    }
  });

  it('shows notices over the sheet of a phone, below its tabs', async () => {
    const page = await inCallWith(0, PHONE);
    await page.keyboard.press('p');
    await page.locator('.people-panel').waitFor();
    await bystanders.come(new URL(page.url()).pathname, 1);
    const toast = page.locator('.toast:visible').first();
    await toast.waitFor();
    const head = await page.locator('.side-head').boundingBox();
    const box = await toast.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual((head?.y ?? 0) + (head?.height ?? 0));
    const isOver = await toast.evaluate((element) => {
      const { zIndex } = getComputedStyle(element.parentElement ?? element);
      return (
        Number(zIndex) > Number(getComputedStyle(document.querySelector('.side-panel') ?? element).zIndex)
      );
    });
    expect(isOver).toBe(true);
  });

  it('never breaks a word that says what is wrong with a tile', async () => {
    const page = await visit(PHONE, '/');
    await page.getByRole('button', { name: t.home.start }).click();
    await page.waitForURL('**/connect/*');
    await page.locator('input[name=name]').fill('Ann');
    await page.locator('form.enter button').click();
    await page.getByRole('button', { name: t.call.leave }).waitFor();
    await bystanders.come(new URL(page.url()).pathname, 7);
    await page.locator('ul[data-count="8"]').waitFor();
    for (const problem of await page.locator('.problem[data-problem=connecting]').all()) {
      const box = await problem.boundingBox();
      // Two lines of it would be 30 px.
      expect(box?.height).toBeLessThan(30);
      for (const button of await problem.locator('xpath=..').locator('button:visible').all()) {
        const other = await button.boundingBox();
        if (box === null || other === null) throw new Error('a tile is missing');
        const isClear =
          box.x + box.width <= other.x || box.y >= other.y + other.height || box.y + box.height <= other.y;
        expect(isClear).toBe(true);
      }
    }
  });

  it('gives controls a border in forced colours', async () => {
    const page = await inCallWith(1, { ...DESK, forcedColors: 'active' });
    for (const one of await page.locator('.control:visible').all()) {
      expect(await one.evaluate((control) => getComputedStyle(control).borderTopWidth)).toBe('1px');
    }
  });

  it('shows whole names if there is room', async () => {
    const page = await inCallWith(3, PHONE);
    for (const name of await page.locator('.tile .name .text').all()) {
      expect(await name.evaluate((text) => text.scrollWidth - text.clientWidth)).toBeLessThanOrEqual(0);
    }
  });

  it('keeps notices off people’s names', async () => {
    const page = await inCallWith(3, PHONE);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.resolve();
    });
    await page.getByRole('button', { name: t.call.more, exact: true }).click();
    await page.getByRole('button', { name: t.call.copyLink }).click();
    const toast = await page.locator('.toast').boundingBox();
    if (toast === null) throw new Error('nothing is told');
    for (const name of await page.locator('.tile .name').all()) {
      const box = await name.boundingBox();
      expect(box !== null && (box.y > toast.y + toast.height || box.y + box.height < toast.y)).toBe(true);
    }
  });
});
