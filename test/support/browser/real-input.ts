import type { Browser } from 'playwright-core';
import { vi } from 'vitest';
import type { Firefox } from './firefox.ts';
import { keepCaptures, smallPictures } from './page-media.ts';

/** Real mouse and keyboard events in one window, with the same interface for every browser. */
export interface RealInput {
  /** Joins the call through the lobby, with camera and microphone. */
  join(link: string): Promise<void>;
  /** Clicks the middle of an element. */
  click(selector: string): Promise<void>;
  /** Presses a key down, named by what it types, or `Tab`. Twice without `up` is a key repeat. */
  down(key: string): Promise<void>;
  up(key: string): Promise<void>;
  press(key: string): Promise<void>;
  /** Waits until a JavaScript expression is true in the page. */
  until(expression: string): Promise<void>;
  isTrue(expression: string): Promise<boolean>;
  close(): Promise<void>;
}

const PATIENCE_MS = 20_000;

type Raw = Pick<RealInput, 'click' | 'down' | 'up' | 'until' | 'isTrue' | 'close'> & {
  goto(link: string): Promise<void>;
};

function realInputOf(raw: Raw): RealInput {
  return {
    ...raw,
    async press(key) {
      await raw.down(key);
      await raw.up(key);
    },
    async join(link) {
      await raw.goto(link);
      const button = "document.querySelector('form.enter button[type=submit]')";
      await raw.until(`${button}?.textContent.startsWith('Join the call')`);
      await raw.until("document.querySelector('.preview video') !== null");
      await raw.isTrue(`(() => {
        const input = document.querySelector('input[name=name]');
        input.value = 'Ann';
        input.dispatchEvent(new Event('input', { bubbles: true }));
        return true;
      })()`);
      await raw.click('form.enter button[type=submit]');
      await raw.until("document.querySelector('nav.controls') !== null");
      await raw.until("document.querySelector('li.tile[data-self=true]')?.dataset.camera === 'on'");
    },
  };
}

export async function chromiumInput(browser: Browser): Promise<RealInput> {
  const context = await browser.newContext({ locale: 'en-US', permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(smallPictures);
  await page.addInitScript(keepCaptures);
  return realInputOf({
    goto: async (link) => void (await page.goto(link)),
    click: (selector) => page.locator(selector).click(),
    down: (key) => page.keyboard.down(key),
    up: (key) => page.keyboard.up(key),
    // `waitForFunction` uses eval in the page, which its CSP forbids.
    until: (expression) =>
      vi.waitFor(
        async () => {
          if ((await page.evaluate<unknown>(expression)) !== true) throw new Error(`not true: ${expression}`);
        },
        { timeout: PATIENCE_MS, interval: 50 },
      ),
    isTrue: async (expression) => (await page.evaluate<unknown>(expression)) === true,
    close: () => context.close(),
  });
}

export async function firefoxInput(browser: Firefox): Promise<RealInput> {
  const preload = `() => { (${smallPictures.toString()})(); (${keepCaptures.toString()})(); }`;
  const page = await browser.newPage('about:blank', preload);
  return realInputOf({
    goto: (link) => page.goto(link),
    click: (selector) => page.click(selector),
    down: (key) => page.key('keyDown', key),
    up: (key) => page.key('keyUp', key),
    until: (expression) => page.until(expression, PATIENCE_MS),
    isTrue: async (expression) => (await page.evaluate(expression)) === true,
    close: () => page.close(),
  });
}
