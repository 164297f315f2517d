import type { Browser } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

const Manifest = v.object({
  start_url: v.literal('/'),
  display: v.literal('standalone'),
  icons: v.array(v.object({ src: v.string(), sizes: v.string(), type: v.literal('image/png') })),
});

describe('the page as an app', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startServer();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('has a manifest that Chromium accepts, with every icon in its stated size', async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    const inspector = await page.context().newCDPSession(page);
    const { url, data, errors } = await inspector.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { icons } = v.parse(Manifest, JSON.parse(data ?? ''));
    for (const { src, sizes } of icons) {
      const size = await page.evaluate(async (address) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, new URL(src, url).href);
      expect(size).toBe(sizes);
    }
    await page.close();
  });

  it('has a picture for link previews', async () => {
    const { accessToken } = await (await post('/auth/guest')).json();
    const { roomId } = await (
      await fetch(`${server.url}/create`, { headers: { Authorization: `Bearer ${accessToken}` } })
    ).json();
    const html = await (await fetch(`${server.url}/connect/${roomId}`)).text();
    const image = /<meta property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? '';
    const response = await fetch(image);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  function post(path: string): Promise<Response> {
    return fetch(server.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
  }
});
