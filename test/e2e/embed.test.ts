import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { codeBlock } from '../support/documents.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

const SECRET = 'a shared secret for tests, of more than 32 bytes';

/** Flags of the browser, by what its frames of other sites may store. */
const STORAGE = [
  ['storage of its own for a site in a frame', []],
  ['no cookies of other sites', ['--test-third-party-cookie-phaseout']],
] as const;

interface Told {
  readonly type: string;
  readonly detail: Record<string, unknown>;
}
interface SiteWindow extends Window {
  told?: Told[];
}

/** A site of its own on a free port; every path answers with `html()`. */
async function startSite(html: () => string) {
  const site = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(html());
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const { port } = site.address() as AddressInfo;
  return {
    port,
    close: () => new Promise((resolve) => site.close(resolve)),
  };
}

function hostPage(server: string, attributes: string): string {
  return `<!doctype html><html lang="en"><title>A site</title>
    <style>parley-call { width: 640px; height: 400px }</style>
    <script>
      window.told = [];
      addEventListener('DOMContentLoaded', () => {
        for (const type of ['joined', 'left', 'peerjoined', 'peerleft', 'media', 'error', 'knock'])
          document.querySelector('parley-call').addEventListener(type, ({ detail }) => told.push({ type, detail }));
      });
    </script>
    <script type="module" src="${server}/embed.js"></script>
    <parley-call id="call" ${attributes}></parley-call>`;
}

function told(page: Page): Promise<Told[]> {
  return page.evaluate(() => {
    const own: SiteWindow = window;
    return own.told ?? [];
  });
}

async function tells(page: Page, type: string, count = 1): Promise<Told> {
  await page.waitForFunction(
    ([name, times]) => {
      const own: SiteWindow = window;
      return (own.told ?? []).filter((one) => one.type === name).length >= Number(times);
    },
    [type, count] as const,
    { timeout: 30_000 },
  );
  const found = (await told(page)).filter((one) => one.type === type);
  expect(found).toHaveLength(count);
  return found[count - 1] ?? { type, detail: {} };
}

/** Runs a script in a frame of an origin of its own beside the call, to its end. */
async function thirdParty(page: Page, script: string): Promise<void> {
  await page.evaluate((text) => {
    const frame = document.createElement('iframe');
    frame.srcdoc = `<script>${text}; parent.postMessage('done', '*');</script>`;
    frame.setAttribute('sandbox', 'allow-scripts');
    const done = new Promise<void>((resolve) =>
      addEventListener('message', ({ data }) => data === 'done' && resolve()),
    );
    document.body.append(frame);
    return done;
  }, script);
}

describe.each(STORAGE)('a call in a page of another site, with %s', (_, flags) => {
  let server: TestServer;
  let browser: Browser;
  let site: Awaited<ReturnType<typeof startSite>>;
  let html = '';
  /** The server under a name of another site than the page's. */
  let calls = '';
  let siteUrl = '';
  let roomId = '';

  beforeAll(async () => {
    site = await startSite(() => html);
    siteUrl = `http://127.0.0.1:${site.port}`;
    server = await startServer({ EMBED_ORIGINS: siteUrl, JWT_SECRET: SECRET });
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
    html = hostPage(calls, attributes);
    const context = await browser.newContext({ permissions: ['camera', 'microphone'], locale: 'en-US' });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(siteUrl + path);
    return page;
  }

  it('lets a guest and a user of the site meet, and tells each thing once', async () => {
    const ada = await visit(`room="${roomId}" name="Ada" skiplobby audio="off"`);
    expect((await tells(ada, 'joined')).detail).toMatchObject({ roomId });
    const token = await new SignJWT({ name: 'Ben of the site' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ben-7')
      .setIssuer('parley')
      .setAudience('parley')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(SECRET));
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
    html = `<!doctype html><title>A site</title>
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
    html = example
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
    html = hostPage(calls, `room="${roomId}"`);
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
      html = `<!doctype html><title>A site</title><iframe width="640" height="400" src="${calls}/connect/${roomId}?lang=${lang}"></iframe>`;
      const page = await (await browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
      await page.goto(siteUrl);
      await page.frameLocator('iframe').getByText(String(words)).waitFor({ timeout: 30_000 });
      await page.context().close();
    }
  });
});
