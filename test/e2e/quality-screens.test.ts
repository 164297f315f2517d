import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { type Messages, messagesFor } from '../../src/web/i18n/messages.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { browserOnServer } from '../support/browser/on-server.ts';
import { smallPictures } from '../support/browser/page-media.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';

/** Two people with pictures are much for two cores: on the smallest window, where everything has the least room. */
const LOOKS = DEVICES.filter(({ device }) => device === 'phone');
/** Milliseconds: it goes through six states, each of which lasts some seconds by itself. */
const PATIENCE_MS = 180_000;

const on = browserOnServer();

describe.each(LOOKS)('a slow line on a $device ($locale, $colorScheme)', ({ device, locale, ...look }) => {
  const t: Messages = messagesFor([locale]);
  const open: BrowserContext[] = [];
  const bystanders = createBystanders(() => on.server);
  afterEach(async () => {
    await bystanders.leave();
    await Promise.all(open.splice(0).map((context) => context.close()));
  });
  const isFine = (page: Page, name: string) => expectFine(page, `${name}-${device}`);

  async function visit(path: string, name: string, ...before: readonly (() => void)[]): Promise<Page> {
    const context = await on.browser.newContext({ ...look, locale, permissions: ['camera', 'microphone'] });
    open.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    for (const script of [smallPictures, ...before]) await page.addInitScript(script);
    await page.goto(new URL(path, on.server.url).href);
    await page.getByLabel(t.lobby.name).fill(name);
    await page.locator('form.enter button').click();
    await page.getByRole('button', { name: t.call.leave }).waitFor();
    return page;
  }

  async function openDetails(page: Page): Promise<void> {
    const more = page.getByRole('button', { name: t.call.more, exact: true });
    if (await more.isVisible()) await more.click();
    await page.getByRole('button', { name: t.call.details }).click();
    await page.locator('.peer-stats .pictures dd').first().waitFor();
  }

  it(
    'is told on the tiles, with what to do about it',
    async () => {
      const { path } = await bystanders.room({ max: 8 });
      await visit(path, 'Maya Lindqvist');
      const page = await visit(path, 'Анна Bell', controlStats, keepControls);
      await bystanders.come(path, 2, ['Ken', 'Ирина Соколова']);
      const maya = page.locator('.tile[data-self=false]', { hasText: 'Maya' });
      await maya.locator('video[data-shape=landscape]').waitFor();
      await maya.locator('.quality[data-quality=fair]', { hasText: t.quality.mark.fair }).waitFor();
      await isFine(page, 'quality-fair');

      await page.evaluate(receiveControl, { v: 1, type: 'held', camera: true, screen: false });
      await maya.getByText(t.quality.cameraHeld).waitFor();
      await isFine(page, 'quality-held');
      expect(await maya.locator('video').evaluate((video) => getComputedStyle(video).opacity)).toBe('0');
      await page.evaluate(receiveControl, { v: 1, type: 'held', camera: false, screen: false });
      await maya.getByText(t.quality.cameraHeld).waitFor({ state: 'detached' });

      await page.evaluate(slowDown);
      await page.getByText(t.quality.advice.soundOnly).waitFor();
      await isFine(page, 'quality-advice');
      await page.getByRole('button', { name: t.quality.soundOnly }).click();
      await page.getByText(t.quality.advice.isSoundOnly).waitFor();
      await page.locator('.tile[data-self=true]', { hasText: t.quality.soundOnly }).waitFor();
      await isFine(page, 'quality-sound');
      await page.getByRole('button', { name: t.quality.sendPictures }).click();
      await page.locator('[data-advice]').waitFor({ state: 'detached' });

      await openDetails(page);
      await page.locator('.peer-stats[data-line=poor]').waitFor();
      await isFine(page, 'quality-details');
      await page.locator('.peer-stats .button').click();
      const dialog = page.getByRole('dialog', { name: t.talk.view });
      await dialog.getByRole('radio', { name: t.quality.limits.auto.name }).focus();
      for (let n = 0; n < 2; n += 1) await page.keyboard.press('ArrowDown');
      expect(await dialog.getByRole('radio', { name: t.quality.limits[500000].name }).isChecked()).toBe(true);
      expect(await page.evaluate(() => localStorage.getItem('parley.uplink'))).toBe('500000');
      await isFine(page, 'quality-view');
    },
    PATIENCE_MS,
  );
});

interface StubbedWindow extends Window {
  parleyTestTrip?: number;
  parleyTestControls?: RTCDataChannel[];
}

/** Runs in the page before its own scripts: sound comes in unevenly, and packets travel as long as `slowDown` says. */
function controlStats(): void {
  const own: StubbedWindow = window;
  const read = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = async function (selector) {
    const entries = new Map<string, unknown>();
    (await read.call(this, selector)).forEach((entry, id) => {
      const isSound = entry.type === 'inbound-rtp' && entry.kind === 'audio';
      const isPair = entry.type === 'candidate-pair' && own.parleyTestTrip !== undefined;
      const stub = isSound ? { jitter: 0.1 } : isPair ? { currentRoundTripTime: own.parleyTestTrip } : {};
      entries.set(id, { ...entry, ...stub });
    });
    return entries;
  };
}

/** Runs in the page. */
function slowDown(): void {
  const own: StubbedWindow = window;
  own.parleyTestTrip = 1.5;
}

/** Runs in the page before its own scripts: keeps the channels that bring what peers say of their pictures. */
function keepControls(): void {
  const own: StubbedWindow = window;
  const kept: RTCDataChannel[] = [];
  own.parleyTestControls = kept;
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    if (options?.negotiated === true) kept.push(channel);
    return channel;
  };
}

/** Runs in the page: every peer says this. */
function receiveControl(message: object): void {
  const own: StubbedWindow = window;
  for (const channel of own.parleyTestControls ?? []) {
    if (channel.readyState !== 'open') continue;
    channel.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
}
