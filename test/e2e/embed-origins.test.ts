import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import {
  frameOf,
  hostPage,
  open,
  SITE_SECRET,
  siteToken,
  startSite,
  type TestSite,
  tells,
  thirdParty,
  toldOf,
} from '../support/browser/site.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { freePort } from '../support/server/process.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

let server: TestServer;
let browser: Browser;
let site: TestSite;
let roomId = '';
let calls = '';
const pages: Page[] = [];

beforeAll(async () => {
  site = await startSite();
  const port = await freePort();
  calls = `http://localhost:${port}`;
  const { port: sitePort } = site;
  server = await startServer({
    PORT: String(port),
    EMBED_ORIGINS: `http://*.example.org:${sitePort}, http://127.0.0.1:${sitePort}`,
    JWT_SECRET: SITE_SECRET,
  });
  const secure = ['a.example.org', 'example.org', 'a.example.com', 'aexample.org'].map(
    (name) => `http://${name}:${sitePort}`,
  );
  browser = await launchBrowser([
    '--host-resolver-rules=MAP *.example.org 127.0.0.1, MAP example.org 127.0.0.1, MAP aexample.org 127.0.0.1, MAP a.example.com 127.0.0.1',
    `--unsafely-treat-insecure-origin-as-secure=${secure.join(',')}`,
    // The names are of the public Internet, the addresses of this machine.
    '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
  ]);
  const { accessToken } = await signIn(server.url);
  roomId = (await createRoom(server.url, accessToken, { name: 'Tea' })).id;
});
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()));
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await site?.close();
});

async function visit(
  host: string,
  html = hostPage(calls, `room="${roomId}" name="Ada" skiplobby`),
): Promise<Page> {
  site.html = html;
  const page = await open(browser, `http://${host}:${site.port}`);
  pages.push(page);
  return page;
}

describe('[HT7] EMBED_ORIGINS', () => {
  it('with a wildcard lets every name below show calls', async () => {
    for (const name of ['a.example.org', 'b.a.example.org']) {
      const page = await visit(name);
      await tells(page, 'joined');
    }
  });

  it('with a wildcard refuses the name itself, names that only end alike, and other names', async () => {
    for (const name of ['example.org', 'aexample.org', 'a.example.com']) {
      const page = await visit(name);
      expect((await tells(page, 'error')).detail).toEqual({
        code: 'embed_refused',
        message: expect.stringContaining(`http://${name}:${site.port} isn't in its EMBED_ORIGINS`),
      });
      expect(await toldOf(page, 'joined')).toEqual([]);
    }
  });

  it('refuses a page without an origin of its own, which is told why', async () => {
    const inner = hostPage(calls, `room="${roomId}"`).replaceAll('"', '&quot;');
    const page = await visit(
      '127.0.0.1',
      `<!doctype html><title>A site</title><iframe sandbox="allow-scripts" srcdoc="${inner}"></iframe>`,
    );
    const told = () => page.frames()[1]?.evaluate('JSON.stringify(window.told)');
    await expect.poll(told, { timeout: 45_000 }).toContain('allow-same-origin');
  });

  it('refuses a frame inside a frame, if one of the pages around it is not allowed', async () => {
    const page = await visit('example.org', '<!doctype html><title>A site</title>');
    site.html = hostPage(calls, `room="${roomId}"`);
    await page.evaluate((src) => {
      const frame = document.createElement('iframe');
      frame.src = src;
      document.body.append(frame);
    }, `http://127.0.0.1:${site.port}`);
    const told = () => page.frames()[1]?.evaluate('JSON.stringify(window.told)');
    await expect.poll(told, { timeout: 45_000 }).toContain('embed_refused');
  });

  it('opens `/` and `/connect/…` to frames, and no other page', async () => {
    const policyOf = async (path: string) =>
      (await fetch(server.url + path, { headers: { accept: 'text/html' } })).headers.get(
        'content-security-policy',
      );
    for (const path of ['/', `/connect/${roomId}`])
      expect(await policyOf(path), path).toContain('frame-ancestors http://*.example.org:');
    for (const path of ['/sign-in', '/register', '/account', '/setup', '/reset', '/docs', '/nowhere'])
      expect(await policyOf(path), path).toContain("frame-ancestors 'none'");
  });
});

describe('a frame without storage', () => {
  it.each(['a guest', 'a user of the site'])(
    'lets %s in all the same, and again after a reload',
    async (who) => {
      const token = who === 'a guest' ? '' : `token="${await siteToken('ben-7', { name: 'Ben' })}"`;
      site.html = hostPage(calls, `room="${roomId}" name="Ada" skiplobby ${token}`);
      const context = await browser.newContext({ permissions: ['camera', 'microphone'], locale: 'en-US' });
      // As a browser that blocks the data of all other sites.
      await context.addInitScript(() => {
        if (window.parent === window) return;
        for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
          Object.defineProperty(window, name, {
            get() {
              throw new DOMException('Access is denied for this document.', 'SecurityError');
            },
          });
        Object.defineProperty(document, 'cookie', { get: () => '', set: () => {} });
      });
      const page = await context.newPage();
      pages.push(page);
      await page.goto(`http://127.0.0.1:${site.port}`);
      await tells(page, 'joined');
      await page.reload();
      await tells(page, 'joined');
      expect(await toldOf(page, 'error')).toEqual([]);
      await frameOf(page).getByRole('button', { name: en.call.leave }).waitFor();
    },
  );
});

describe('a third origin', () => {
  it('learns nothing from the frame, whose words go to the site alone', async () => {
    const page = await visit('127.0.0.1');
    await tells(page, 'joined');
    await thirdParty(page, `onmessage = ({ data }) => parent.postMessage({ heard: data }, '*')`);
    await page.evaluate(() => {
      const holder: { heard?: unknown[] } & Window = window;
      holder.heard = [];
      addEventListener('message', ({ data }) => data?.heard !== undefined && holder.heard?.push(data));
      document.querySelector('parley-call')?.mute();
    });
    await expect.poll(async () => (await toldOf(page, 'media')).at(-1)).toMatchObject({ audio: false });
    expect(await page.evaluate('heard')).toEqual([]);
  });
});
