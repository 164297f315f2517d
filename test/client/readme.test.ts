import type { Browser } from 'playwright-core';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { signInAsGuest } from '../../src/client/index.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import type { Joining, SdkWindow } from './support/in-page.ts';
import { readmeExample } from './support/readme-example.ts';
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
    const link = new Promise<string>((resolve) => {
      ann.page.on('console', (message) => {
        const [, url] = /^send this to the others: (\S+)$/.exec(message.text()) ?? [];
        if (url !== undefined) resolve(url);
      });
    });
    const faults: string[] = [];
    ann.page.on('pageerror', ({ message }) => faults.push(message));
    const { outputText } = ts.transpileModule(readmeExample(), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
    });
    const here = outputText.replaceAll('https://calls.example.org', server.url);
    await ann.page.addScriptTag({
      type: 'module',
      content: `${here}\nwindow.call = call;\nwindow.stream = stream;`,
    });
    const roomId = new URL(await link).pathname.split('/').at(-1) ?? '';
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
