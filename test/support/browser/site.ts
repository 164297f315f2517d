import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Browser, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** What the element has told its page. */
export interface Told {
  readonly type: string;
  readonly detail: Record<string, unknown>;
}
interface SiteWindow extends Window {
  told?: Told[];
}

/** `JWT_SECRET` of servers for which `siteToken` mints tokens. */
export const SITE_SECRET = 'a shared secret for tests, of more than 32 bytes';

const EVENTS = [
  'joined',
  'left',
  'peerjoined',
  'peerleft',
  'media',
  'error',
  'knock',
  'tokenneeded',
] as const;

/** Another site, on a free port of this machine. Every path answers with what it shows just now. */
export interface TestSite {
  readonly port: number;
  html: string;
  headers: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startSite(): Promise<TestSite> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...site.headers });
    response.end(site.html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const site: TestSite = {
    port,
    html: '',
    headers: {},
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return site;
}

/** Mints a token as a backend does that shares the secret [TK1], [TK4]. */
export function siteToken(
  sub: string,
  claims: Readonly<Record<string, unknown>> = {},
  expires: string | number = '1h',
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuer('parley')
    .setAudience('parley')
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(SITE_SECRET));
}

/** A page with the element, which writes down what it is told. @param server origin of Parley */
export function hostPage(server: string, attributes: string, size = 'width: 640px; height: 400px'): string {
  return `<!doctype html><html lang="en"><title>A site</title>
    <style>body { margin: 0 } parley-call { ${size} }</style>
    <script>
      window.told = [];
      for (const type of ${JSON.stringify(EVENTS)})
        addEventListener(type, ({ detail, target }) => {
          if (target.localName === 'parley-call') told.push({ type, detail });
        }, true);
    </script>
    <script type="module" src="${server}/embed.js"></script>
    <parley-call id="call" ${attributes}></parley-call>`;
}

/** Everything that the elements of the page have told so far, in order. */
export function told(page: Page): Promise<Told[]> {
  return page.evaluate(() => {
    const own: SiteWindow = window;
    return own.told ?? [];
  });
}

export async function toldOf(page: Page, type: string): Promise<Record<string, unknown>[]> {
  return (await told(page)).filter((one) => one.type === type).map(({ detail }) => detail);
}

/** Waits until an event was told `count` times, no more. Returns the last one. */
export async function tells(page: Page, type: string, count = 1): Promise<Told> {
  await page.waitForFunction(
    ([name, times]) => {
      const own: SiteWindow = window;
      return (own.told ?? []).filter((one) => one.type === name).length >= Number(times);
    },
    [type, count] as const,
    { timeout: 45_000 },
  );
  const found = (await told(page)).filter((one) => one.type === type);
  expect(found).toHaveLength(count);
  return found[count - 1] ?? { type, detail: {} };
}

/** Opens a site's page in a context of its own. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    permissions: ['camera', 'microphone'],
    locale: 'en-US',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  // Not the end of loading: a frame in it may never load.
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return page;
}

/** The frame of the element `#call`. */
export function frameOf(page: Page): FrameLocator {
  return page.frameLocator('#call iframe');
}

/** Runs a method of the element, or sets a property: `leave()`, `token = null`. */
export function run(page: Page, command: string): Promise<unknown> {
  return page.evaluate(`void (document.querySelector('#call').${command})`);
}

/** Runs a script in a frame of an origin of its own beside the call, to its end. */
export async function thirdParty(page: Page, script: string): Promise<void> {
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
