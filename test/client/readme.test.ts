import type { Browser, Page } from 'playwright-core';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { signInAsGuest } from '../../src/client/index.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import type { Joining, SdkWindow } from './support/in-page.ts';
import { accountsExample, readmeExample, roomsExample } from './support/readme-example.ts';
import { SdkPage } from './support/sdk-page.ts';

/** Milliseconds within which something must have happened; the machine may be busy. */
const DEADLINE_MS = 20_000;

let browser: Browser;
let server: TestServer;
let people: SdkPage[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startServer({});
  people = [];
});
afterEach(async () => {
  await Promise.all(people.map((person) => person.go()));
  await server.close();
});

async function open(name: string): Promise<SdkPage> {
  const person = await SdkPage.open(browser, server.url, name);
  people.push(person);
  return person;
}

/** The example as JavaScript, for this test's server. */
function script(example: string): string {
  const { outputText } = ts.transpileModule(example, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  return outputText.replaceAll('https://calls.example.org', server.url);
}

/** Resolves with the room that the example's page tells of. */
function roomOf({ page }: SdkPage): Promise<string> {
  return new Promise((resolve) => {
    page.on('console', (message) => {
      const [, url] = /^send this to the others: (\S+)$/.exec(message.text()) ?? [];
      if (url !== undefined) resolve(new URL(url).pathname.split('/').at(-1) ?? '');
    });
  });
}

/** What the example's page shows. `blank`: video elements without a picture. */
function shown(): { tiles: number; pictures: number; sounds: number; blank: number } {
  const videos = [...document.querySelectorAll('video')];
  return {
    tiles: document.querySelectorAll('figure').length,
    pictures: videos.filter(({ videoWidth }) => videoWidth > 0).length,
    sounds: document.querySelectorAll('audio').length,
    blank: videos.filter(({ videoWidth }) => videoWidth === 0).length,
  };
}

describe('the README’s example of the SDK', () => {
  it('runs as it stands: shows whoever sends something, no black box, and leaves nothing behind', async () => {
    const ann = await open('ann');
    const created = roomOf(ann);
    const faults: string[] = [];
    ann.page.on('pageerror', ({ message }) => faults.push(message));
    const here = script(readmeExample());
    await ann.page.addScriptTag({
      type: 'module',
      content: `${here}\nwindow.call = call;\nwindow.stream = stream;`,
    });
    const roomId = await created;
    await ann.page.waitForFunction(() => 'call' in window);

    const arrive = async (name: string, joining: Joining): Promise<SdkPage> => {
      const guest = await signInAsGuest({ baseUrl: server.url, displayName: name });
      const person = await open(name);
      await person.join(roomId, { token: await guest.token(), ...joining });
      return person;
    };
    const shows = (expected: ReturnType<typeof shown>) =>
      vi.waitFor(async () => expect(await ann.page.evaluate(shown)).toEqual(expected), DEADLINE_MS);

    const bob = await arrive('bob', { camera: false });
    await shows({ tiles: 1, pictures: 0, sounds: 1, blank: 0 });
    await bob.setCamera(true);
    await shows({ tiles: 1, pictures: 1, sounds: 1, blank: 0 });
    await bob.shareScreen();
    await shows({ tiles: 1, pictures: 2, sounds: 1, blank: 0 });
    const cem = await arrive('cem', {});
    await shows({ tiles: 2, pictures: 3, sounds: 2, blank: 0 });
    await bob.stopSharing();
    await bob.setCamera(false);
    await shows({ tiles: 2, pictures: 1, sounds: 2, blank: 0 });
    await bob.leave();
    await shows({ tiles: 1, pictures: 1, sounds: 1, blank: 0 });
    await cem.leave();
    await shows({ tiles: 0, pictures: 0, sounds: 0, blank: 0 });
    await arrive('dan', {});
    await shows({ tiles: 1, pictures: 1, sounds: 1, blank: 0 });

    await ann.leave();
    await shows({ tiles: 0, pictures: 0, sounds: 0, blank: 0 });
    const captures = await ann.page.evaluate(() => {
      const own: SdkWindow = window;
      return own.stream?.getTracks().map(({ readyState }) => readyState);
    });
    expect(captures).toEqual(['ended', 'ended']);
    expect(faults).toEqual([]);
  });
});

describe('the README’s example of rooms', () => {
  it('runs as it stands: the host lets somebody in, and both read what is written', async () => {
    const host = await open('host');
    const created = roomOf(host);
    const faults: string[] = [];
    const asked: string[] = [];
    host.page.on('pageerror', ({ message }) => faults.push(message));
    host.page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void dialog.accept();
    });
    await host.page.addScriptTag({ type: 'module', content: script(roomsExample()) });
    const roomId = await created;
    await host.page.waitForSelector('body > input');

    const guest = await signInAsGuest({ baseUrl: server.url, displayName: 'Bob' });
    const bob = await open('bob');
    await bob.join(roomId, { token: await guest.token() });
    expect(asked).toEqual(['Let Bob in?']);
    await host.page.fill('body > input', 'Welcome!');
    await host.page.press('body > input', 'Enter');
    const shown = () => host.page.locator('body > ol > li').allTextContents();
    await vi.waitFor(async () => expect(await shown()).toEqual(['Ada: Welcome!']), DEADLINE_MS);
    await vi.waitFor(async () => expect(await host.page.inputValue('body > input')).toBe(''), DEADLINE_MS);
    expect(faults).toEqual([]);
  });
});

describe('the README’s example of accounts', () => {
  it('runs as it stands: a guest registers, signs out and in, and two tabs agree at each step', async () => {
    const context = await browser.newContext({ bypassCSP: true });
    try {
      const openTab = async (): Promise<Page> => {
        const page = await context.newPage();
        await page.goto(`${server.url}/health`);
        await page.addScriptTag({ type: 'module', content: script(accountsExample()) });
        return page;
      };
      const shows = (page: Page, expected: string) =>
        vi.waitFor(
          async () => {
            const form = (await page.isVisible('form')) ? await page.textContent('button') : '';
            expect(`${await page.textContent('h1')} ${form}`.trim()).toBe(expected);
          },
          { timeout: DEADLINE_MS },
        );
      const submit = async (page: Page, email: string, password: string): Promise<void> => {
        await page.fill('[name=email]', email);
        await page.fill('[name=password]', password);
        await page.click('button');
      };
      const one = await openTab();
      await shows(one, 'Ada Register');
      const other = await openTab();
      await shows(other, 'Ada Register');

      await submit(one, 'ada@example.org', 'short');
      await one.waitForFunction(() => document.querySelector(':invalid[name=password]') !== null);
      await submit(one, 'ada@example.org', 'analytical engine');
      await shows(one, 'Ada');
      await shows(other, 'Ada');

      const third = await context.newPage();
      await third.goto(`${server.url}/health`);
      await third.addScriptTag({
        type: 'module',
        content:
          "import * as parley from '/client.js'; parley.restoreAccount({ storage: localStorage }).signOut();",
      });
      await shows(one, 'Nobody Sign in');
      await shows(other, 'Nobody Sign in');
      await submit(one, 'ada@example.org', 'analytical engines');
      await shows(one, 'The e-mail address or the password is wrong. Check both and try again. Sign in');
      await submit(one, 'Ada@Example.org', 'analytical engine');
      await shows(one, 'Ada');
      await shows(other, 'Ada');
    } finally {
      await context.close();
    }
  });
});
