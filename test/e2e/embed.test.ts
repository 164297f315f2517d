import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import {
  hostPage,
  SITE_SECRET,
  siteToken,
  startSite,
  type TestSite,
  tells,
  thirdParty,
  told,
} from '../support/browser/site.ts';
import { codeBlock } from '../support/documents.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

/** Flags of the browser, by what its frames of other sites may store. */
const STORAGE = [
  ['storage of its own for a site in a frame', []],
  ['no cookies of other sites', ['--test-third-party-cookie-phaseout']],
] as const;

describe.each(STORAGE)('a call in a page of another site, with %s', (_, flags) => {
  let server: TestServer;
  let browser: Browser;
  let site: TestSite;
  /** The server under a name of another site than the page's. */
  let calls = '';
  let siteUrl = '';
  let roomId = '';

  beforeAll(async () => {
    site = await startSite();
    siteUrl = `http://127.0.0.1:${site.port}`;
    server = await startServer({ EMBED_ORIGINS: siteUrl, JWT_SECRET: SITE_SECRET });
    calls = server.url.replace('127.0.0.1', 'localhost');
    browser = await launchBrowser(flags);
    const { accessToken } = await signIn(server.url);
    roomId = (await createRoom(server.url, accessToken, { name: 'Tea' })).id;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await site?.close();
  });

  async function visit(attributes: string, path = ''): Promise<Page> {
    site.html = hostPage(calls, attributes);
    const context = await browser.newContext({ permissions: ['camera', 'microphone'], locale: 'en-US' });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(siteUrl + path);
    return page;
  }

  it('lets a guest and a user of the site meet, and tells each thing once', async () => {
    const ada = await visit(`room="${roomId}" name="Ada" skiplobby audio="off"`);
    expect((await tells(ada, 'joined')).detail).toMatchObject({ roomId });
    const token = await siteToken('ben-7', { name: 'Ben of the site' });
    const ben = await visit(`url="${calls}" room="${roomId}" skiplobby token="${token}"`);
    const { detail } = await tells(ben, 'joined');
    expect((await tells(ada, 'peerjoined')).detail).toEqual({
      peerId: detail['peerId'],
      name: 'Ben of the site',
    });
    await tells(ben, 'peerjoined');
    expect(
      ben
        .frames()
        .map((frame) => frame.url())
        .join(),
    ).not.toContain(token);
    // The camera works through the frame's `allow`.
    const frame = ben.frameLocator('#call iframe');
    await frame.locator('li.tile[data-self=true] video').waitFor();

    const run = (command: string) => ben.evaluate(`document.querySelector('parley-call').${command}`);
    const media = async () => (await told(ben)).filter(({ type }) => type === 'media').at(-1)?.detail;
    const until = (state: object) => expect.poll(media, { timeout: 20_000 }).toEqual(state);
    await until({ audio: true, video: true, screen: false });
    await run('mute(true)');
    await until({ audio: false, video: true, screen: false });
    await run('camera(false)');
    await until({ audio: false, video: false, screen: false });
    await run('camera(true)');
    await run('mute(false)');
    await until({ audio: true, video: true, screen: false });
    await run("layout('speaker')");
    const peerId = (await tells(ada, 'joined')).detail['peerId'];
    await run(`pin('${String(peerId)}')`);
    await run('leave()');
    expect((await tells(ben, 'left')).detail).toEqual({ reason: 'left' });
    expect((await tells(ada, 'peerleft')).detail).toEqual({ peerId: detail['peerId'] });
    expect((await told(ada)).filter(({ type }) => type === 'error')).toEqual([]);
    await ada.context().close();
    await ben.context().close();
  });

  it("ignores what a third origin says to the site's element", async () => {
    const page = await visit(`room="${roomId}" name="Ada" skiplobby`);
    await tells(page, 'joined');
    await thirdParty(page, "parent.postMessage({ parley: 1, type: 'left', reason: 'left' }, '*')");
    expect((await told(page)).filter(({ type }) => type === 'left')).toEqual([]);
    await page.context().close();
  });

  it('ignores what a third origin says to the frame', async () => {
    site.html = `<!doctype html><title>A site</title>
      <script>
        addEventListener('message', ({ data, source, origin }) => {
          if (data.type === 'ready') source.postMessage({ parley: 1, type: 'hello', token: null }, origin);
        });
      </script>
      <iframe name="call" width="640" height="400" allow="camera ${calls}; microphone ${calls}"
        src="${calls}/connect/${roomId}?name=Ada&skipLobby&embed"></iframe>`;
    const page = await (await browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
    await page.goto(siteUrl);
    const leave = page.frameLocator('[name=call]').getByRole('button', { name: 'Leave the call' });
    await leave.waitFor({ timeout: 30_000 });
    await thirdParty(page, "parent.frames.call.postMessage({ parley: 1, type: 'leave' }, '*')");
    expect(await leave.isVisible()).toBe(true);
    // The site itself is obeyed.
    await page.evaluate(
      (origin) => window.frames[0]?.postMessage({ parley: 1, type: 'leave' }, origin),
      calls,
    );
    await leave.waitFor({ state: 'detached', timeout: 30_000 });
    await page.context().close();
  });

  it('runs the example of the handbook', async () => {
    const example = codeBlock('src/embed/README.md', 'html');
    site.html = example
      .replaceAll('https://call.example.org', calls)
      .replace('3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a', roomId);
    const page = await (await browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
    const inside = page.waitForEvent('console', { predicate: (line) => line.text() === `inside ${roomId}` });
    await page.goto(siteUrl);
    await page
      .frameLocator('iframe')
      .getByRole('button', { name: /^Join the call/ })
      .click();
    await inside;
    await page.context().close();
  });

  it("isn't shown to a site that isn't in EMBED_ORIGINS, which is told", async () => {
    site.html = hostPage(calls, `room="${roomId}"`);
    const page = await (await browser.newContext()).newPage();
    await page.goto(siteUrl.replace('127.0.0.1', 'localhost'));
    expect((await tells(page, 'error')).detail).toMatchObject({
      code: 'embed_refused',
      message: expect.stringContaining('EMBED_ORIGINS'),
    });
    expect(await page.frameLocator('#call iframe').locator('#app').count()).toBe(0);
    await page.context().close();
  });

  it("names the word that a frame's allow lacks, in both languages", async () => {
    for (const [lang, words] of [
      ['en', 'lacks allow="camera; microphone"'],
      ['ru', 'не хватает allow="camera; microphone"'],
    ]) {
      site.html = `<!doctype html><title>A site</title><iframe width="640" height="400" src="${calls}/connect/${roomId}?lang=${lang}"></iframe>`;
      const page = await (await browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
      await page.goto(siteUrl);
      await page.frameLocator('iframe').getByText(String(words)).waitFor({ timeout: 30_000 });
      await page.context().close();
    }
  });
});
