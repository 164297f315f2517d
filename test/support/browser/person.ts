import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { vi } from 'vitest';
import { en } from '../../../src/web/i18n/en.ts';
import { type Gaps, readGaps, watchGaps } from './media-gaps.ts';
import { countReceived, keepConnections, type Received, smallPictures, untilReceived } from './page-media.ts';

/** Default timeout (ms); the machine may be busy. */
const PATIENCE_MS = 20_000;

interface PersonOptions {
  readonly name: string;
  readonly locale?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Passed to each RTCPeerConnection of the page, such as `relay`. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
}

/** A person with a browser window, who does what people do. */
export class Person {
  readonly name: string;
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(name: string, context: BrowserContext, page: Page) {
    this.name = name;
    this.#context = context;
    this.page = page;
  }

  static async arrive(browser: Browser, options: PersonOptions): Promise<Person> {
    const { name, locale = 'en-US', viewport = { width: 1280, height: 800 } } = options;
    const context = await browser.newContext({ locale, viewport, permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(keepConnections, options.iceTransportPolicy ?? 'all');
    await page.addInitScript(smallPictures);
    return new Person(name, context, page);
  }

  /** Starts a call from the home page and returns its link. */
  async startCall(home: string, options: { password?: string; max?: number } = {}): Promise<string> {
    await this.page.goto(home);
    if (options.password !== undefined || options.max !== undefined) {
      await this.page.getByText('Options', { exact: true }).click();
      if (options.password !== undefined) await this.page.getByLabel('Password').fill(options.password);
      if (options.max !== undefined) await this.page.getByLabel(en.home.max).fill(String(options.max));
    }
    await this.page.getByRole('button', { name: 'Start a call' }).click();
    await this.page.waitForURL('**/connect/*');
    return this.page.url();
  }

  /** Joins the call at `link` through the lobby. */
  async join(link: string, password?: string): Promise<void> {
    await this.tryToJoin(link, password);
    await this.inCall();
  }

  /** Tries to join; the server may refuse. */
  async tryToJoin(link: string, password?: string): Promise<void> {
    if (this.page.url() !== link) await this.page.goto(link);
    await this.page.getByLabel('Your name').fill(this.name);
    if (password !== undefined) await this.page.getByLabel(en.lobby.password).fill(password);
    await this.page.getByRole('button', { name: /^Join the call/ }).click();
  }

  inCall(): Promise<void> {
    return this.page.getByRole('button', { name: 'Leave the call' }).waitFor();
  }

  tile(name: string): Locator {
    return this.page.locator('li.tile[data-self=false]', { hasText: name });
  }

  tiles(): Locator {
    return this.page.locator('li.tile[data-self=false]');
  }

  screens(): Locator {
    return this.page.locator('li.tile[data-screen-of]');
  }

  sees(name: string): Promise<void> {
    return this.tile(name).waitFor({ state: 'visible' });
  }

  /** Resolves with the wall-clock time at which the tile disappeared, as the page saw it. */
  losesSightOf(name: string): Promise<number> {
    return this.page.evaluate(whenGone, name);
  }

  /** One entry for each open connection. */
  received(): Promise<Received[]> {
    return this.page.evaluate(countReceived);
  }

  /** Waits until each of `count` connections has received video and sound from now on. */
  hearsAndSees(count: number): Promise<void> {
    return untilReceived(this.name, () => this.received(), count);
  }

  /** As `watchGaps` in the page. */
  async watchGaps(): Promise<void> {
    await this.page.evaluate(watchGaps);
  }

  gaps(): Promise<Gaps | undefined> {
    return this.page.evaluate(readGaps);
  }

  /** Waits until the connection details show this path to a person, such as `Relayed, over UDP`. */
  async expectPath(name: string, expected: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: 'Connection details' }).click();
    await this.page.getByRole('region', { name }).getByText(expected).waitFor();
    await this.page.getByRole('button', { name: 'Close' }).click();
  }

  async shareScreen(): Promise<void> {
    await this.page.getByRole('button', { name: 'Share screen' }).click();
  }

  async stopSharing(): Promise<void> {
    await this.page.getByRole('button', { name: 'Stop sharing' }).click();
  }

  /** Waits until exactly `count` screens are shown and playing, one's own included. */
  async seesScreens(count: number): Promise<void> {
    await vi.waitFor(
      async () => {
        const playing = await this.screens()
          .locator('video')
          .evaluateAll(
            (videos) => videos.filter((v) => v instanceof HTMLVideoElement && v.videoWidth > 0).length,
          );
        const shown = await this.screens().count();
        if (shown !== count || playing !== count)
          throw new Error(`${this.name} sees ${shown} screens, ${playing} of them playing, not ${count}`);
      },
      { timeout: PATIENCE_MS, interval: 100 },
    );
  }

  async mute(): Promise<void> {
    await this.page.getByRole('button', { name: 'Mute microphone' }).click();
  }

  async unmute(): Promise<void> {
    await this.page.getByRole('button', { name: 'Unmute microphone' }).click();
  }

  async seesMuted(name: string, muted: boolean): Promise<void> {
    await this.page.locator(`li.tile[data-self=false][data-muted=${muted}]`, { hasText: name }).waitFor();
  }

  peerIdOf(name: string): Promise<string | null> {
    return this.tile(name).getAttribute('data-peer-id');
  }

  async leave(): Promise<void> {
    await this.page.getByRole('button', { name: 'Leave the call' }).click();
  }

  /** Closes the tab without leaving the call first. */
  async closeTab(): Promise<void> {
    await this.page.close({ runBeforeUnload: false });
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

/** Runs in the page: resolves with the wall-clock time at which no other person's tile has the name. */
function whenGone(name: string): Promise<number> {
  const isGone = () =>
    [...document.querySelectorAll('li.tile[data-self=false]')].every(
      (tile) => tile.textContent?.includes(name) !== true,
    );
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => look());
    const look = () => {
      if (!isGone()) return;
      observer.disconnect();
      resolve(Date.now());
    };
    observer.observe(document.body, { childList: true, subtree: true });
    look();
  });
}
