import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { vi } from 'vitest';
import { en } from '../../../src/web/i18n/en.ts';
import { countReceived, keepConnections, type Received, smallPictures, untilReceived } from './page-media.ts';

/** Milliseconds within which a thing on the page must happen; the machine may be busy. */
const PATIENCE_MS = 20_000;

interface PersonOptions {
  readonly name: string;
  readonly locale?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Passed to each RTCPeerConnection of the page, such as `relay`. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
}

/** Somebody with a browser window of their own, doing what people do. */
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

  /** From the home page to a call of their own; returns its link. */
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

  /** Through the lobby into the call at `link`. */
  async join(link: string, password?: string): Promise<void> {
    await this.tryToJoin(link, password);
    await this.inCall();
  }

  /** Asks to be let in, whatever comes of it. */
  async tryToJoin(link: string, password?: string): Promise<void> {
    if (this.page.url() !== link) await this.page.goto(link);
    await this.page.getByLabel('Your name').fill(this.name);
    if (password !== undefined) await this.page.getByLabel(en.lobby.password).fill(password);
    await this.page.getByRole('button', { name: /^Join the call/ }).click();
  }

  inCall(): Promise<void> {
    return this.page.getByRole('button', { name: 'Leave the call' }).waitFor();
  }

  /** The tile of another person. */
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

  /** Resolves with the wall clock of the moment in which the tile went, as the page itself saw it. */
  losesSightOf(name: string): Promise<number> {
    return this.page.evaluate(whenGone, name);
  }

  /** One entry for each open connection. */
  received(): Promise<Received[]> {
    return this.page.evaluate(countReceived);
  }

  /** Waits until `count` connections have each brought video and sound from now on. */
  hearsAndSees(count: number): Promise<void> {
    return untilReceived(this.name, () => this.received(), count);
  }

  /** What the connection details say of the way to another person, such as `Relayed, over UDP`. */
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

  /** Waits until so many screens are on show, one's own among them, each of them playing. */
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

  /** Closes the window, as somebody does who has had enough. */
  async closeTab(): Promise<void> {
    await this.page.close({ runBeforeUnload: false });
  }

  async go(): Promise<void> {
    await this.#context.close();
  }
}

/** Runs in the page: the wall clock of the moment in which nobody else's tile bears the name any more. */
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
