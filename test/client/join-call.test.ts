import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRoom, joinCall, ParleyClientError, signInAsGuest } from '../../src/client/index.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import type { SdkWindow } from './support/in-page.ts';
import { shortExample } from './support/readme-example.ts';

/** Milliseconds within which something must have happened; the machine may be busy. */
const DEADLINE_MS = 20_000;

let browser: Browser;
let server: TestServer;
let pages: Page[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startServer({});
  pages = [];
});
afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  await server.close();
});

/** A blank page with the built SDK. */
async function open(): Promise<Page> {
  const context = await browser.newContext({ permissions: ['camera', 'microphone'], bypassCSP: true });
  const page = await context.newPage();
  pages.push(page);
  await page.goto(server.url);
  await page.addScriptTag({
    type: 'module',
    content:
      "import * as parley from '/client.js'; document.body.innerHTML = '<main></main>'; window.parley = parley;",
  });
  await page.waitForFunction(() => 'parley' in window);
  return page;
}

async function makeRoom(): Promise<string> {
  const account = await signInAsGuest({ baseUrl: server.url, displayName: 'Host' });
  const { url } = await createRoom(account, { name: 'Tea' });
  return url;
}

/** Runs the guide's three lines, as they stand there but for server, link and name. */
async function join(page: Page, url: string, name: string): Promise<void> {
  const example = shortExample()
    .replace(/'https:\/\/calls\.example\.org\/connect\/[^']*'/, JSON.stringify(url))
    .replaceAll('https://calls.example.org', server.url)
    .replace("'Ada'", JSON.stringify(name));
  await page.addScriptTag({ type: 'module', content: `${example}\nwindow.call = call;` });
  await page.waitForFunction(() => 'call' in window);
}

/** Names, and how many pictures have content. */
function shown(): { names: (string | null)[]; pictures: number } {
  return {
    names: [...document.querySelectorAll('figcaption')].map(({ textContent }) => textContent),
    pictures: [...document.querySelectorAll('video')].filter(({ videoWidth }) => videoWidth > 0).length,
  };
}

describe('joinCall', () => {
  it('comes from a link to a call with pictures, and cleans up when the call ends', async () => {
    const url = await makeRoom();
    const [ann, ben] = [await open(), await open()];
    await join(ann, url, 'Ann');
    await join(ben, url, 'Ben');
    for (const [page, other] of [
      [ann, 'Ben'],
      [ben, 'Ann'],
    ] as const) {
      await expect
        .poll(() => page.evaluate(shown), { timeout: DEADLINE_MS })
        .toEqual({
          names: ['', other],
          pictures: 2,
        });
    }
    await ben.evaluate(
      "window.tracks = [...document.querySelector('.parley-self video').srcObject.getTracks()]; call.leave()",
    );
    expect(await ben.evaluate(shown)).toEqual({ names: [], pictures: 0 });
    expect(await ben.evaluate('tracks.map(({ readyState }) => readyState)')).toEqual(['ended']);
    await expect
      .poll(() => ann.evaluate(shown), { timeout: DEADLINE_MS })
      .toEqual({ names: [''], pictures: 1 });
  });

  it('tells by the levels of the browser who speaks', async () => {
    const url = await makeRoom();
    const [ann, ben] = [await open(), await open()];
    await join(ann, url, 'Ann');
    await join(ben, url, 'Ben');
    const speaker = () =>
      ann.evaluate(() => {
        const own: SdkWindow = window;
        return own.call?.activeSpeaker?.displayName;
      });
    // The fake microphone beeps.
    await expect.poll(speaker, { timeout: DEADLINE_MS }).toBe('Ben');
    await ben.evaluate('call.setMuted({ audio: true })');
    await expect.poll(speaker, { timeout: DEADLINE_MS }).toBeUndefined();
  });

  it('leaves no device open if it can’t come in', async () => {
    const url = await makeRoom();
    const page = await open();
    await page.evaluate(`navigator.mediaDevices.getUserMedia = ((real) => async (constraints) => {
      const stream = await real.call(navigator.mediaDevices, constraints);
      window.opened = stream.getTracks();
      return stream;
    })(navigator.mediaDevices.getUserMedia)`);
    const gone = url.replace(/[0-9a-f]{12}$/, '000000000000');
    const code = await page.evaluate(
      `parley.joinCall({ url: ${JSON.stringify(gone)}, camera: true }).catch(({ code }) => code)`,
    );
    expect(code).toBe('room_not_found');
    expect(await page.evaluate('opened.map(({ readyState }) => readyState)')).toEqual(['ended']);
  });

  it('says what is missing: devices, WebRTC, a link', async () => {
    const url = await makeRoom();
    const codes = async (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        (error: unknown) => (error instanceof ParleyClientError ? error.code : `${error}`),
      );
    expect(await codes(joinCall({ url, camera: true }))).toBe('unsupported');
    expect(await codes(joinCall({ url }))).toBe('unsupported');
    expect(await codes(joinCall({ url: `${server.url}/docs` }))).toContain('is no link to a call');
  });

  it('gives up when its signal is aborted', async () => {
    const url = await makeRoom();
    const page = await open();
    const code = await page.evaluate(
      `(async () => {
        const abort = new AbortController();
        const joining = parley.joinCall({ url: ${JSON.stringify(url)}, signal: abort.signal }).catch(({ name }) => name);
        abort.abort();
        return joining;
      })()`,
    );
    expect(code).toBe('AbortError');
  });
});
