import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRoom, findRoom, signInAsGuest } from '../../src/client/index.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { documentText } from '../support/documents.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import { bundleExample, EXAMPLES } from './support/example-bundle.ts';
import { complaintsAbout } from './support/example-types.ts';

/** Milliseconds within which something must have happened; the machine may be busy. */
const DEADLINE_MS = 30_000;

const MAINS = { react: 'react/main.tsx', vue: 'vue/main.ts', svelte: 'svelte/main.ts' } as const;
type Framework = keyof typeof MAINS;

let browser: Browser;
let server: TestServer;
let site: Server;
/** Where the examples are: a site of its own, as an embedder's. */
let origin: string;
let pages: Page[];
const scripts = new Map<string, string>();

beforeAll(async () => {
  browser = await launchBrowser();
  for (const main of Object.values(MAINS)) scripts.set(`/${main}.js`, await bundleExample(main));
  site = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const script = scripts.get(pathname);
    if (script !== undefined) response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script);
    else response.writeHead(200, { 'Content-Type': 'text/html' }).end(html(pathname.slice(1)));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => {
  site.close();
  await browser.close();
});
beforeEach(async () => {
  // Whoever doesn't leave stays a ghost for longer than any test lasts.
  server = await startServer({ CORS_ORIGINS: origin, RESUME_WINDOW_MS: '600000' });
  pages = [];
});
afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  await server.close();
});

function html(name: string): string {
  if (name === 'plain')
    return documentText('src/client/examples/plain/index.html').replaceAll(
      'https://calls.example.org',
      server.url,
    );
  const main = name in MAINS ? MAINS[name as Framework] : '';
  return `<!doctype html><meta charset="utf-8"><body><script type="module" src="/${main}.js"></script>`;
}

async function open(path: string): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  pages.push(page);
  await page.goto(`${origin}${path}`);
  return { page, faults };
}

/** Names, and how many pictures of others have content. */
const shown = (page: Page) =>
  page.evaluate(() => ({
    names: [...document.querySelectorAll('figcaption')].map(({ textContent }) => textContent).filter(Boolean),
    pictures: [...document.querySelectorAll('figure:not(.parley-self) video')].filter(
      (video) => video instanceof HTMLVideoElement && video.videoWidth > 0,
    ).length,
  }));

const shows = (page: Page, names: readonly string[]) =>
  expect.poll(() => shown(page), { timeout: DEADLINE_MS }).toEqual({ names, pictures: names.length });

/** A call, and how many the server has inside. */
async function makeCall() {
  const account = await signInAsGuest({ baseUrl: server.url, displayName: 'Host' });
  const { room, url } = await createRoom(account, { name: 'Tea' });
  return { url, inside: async () => (await findRoom(account, room.id)).participants };
}

async function submit(page: Page, url: string, name: string): Promise<void> {
  await page.getByLabel('Link to the call').fill(url);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
}

/** Two people of an example see each other; one mutes and leaves. */
async function talk(inside: () => Promise<number>, ann: Page, ben: Page): Promise<void> {
  await Promise.all([shows(ann, ['Ben']), shows(ben, ['Ann'])]);
  expect(await inside()).toBe(2);
  await ben.getByRole('button', { name: 'Mute' }).click();
  await ben.getByRole('button', { name: 'Unmute' }).click();
  await ben.getByRole('button', { name: 'Mute' }).waitFor();
  await ben.getByRole('button', { name: 'Leave' }).click();
  await shows(ann, []);
  await shows(ben, []);
  expect(await inside()).toBe(1);
}

describe('the example of a plain page', () => {
  it('joins two who see each other, mutes, leaves, and leaves with the page', async () => {
    const { url, inside } = await makeCall();
    const [ann, ben] = [await open('/plain'), await open('/plain')];
    await submit(ann.page, url, 'Ann');
    await submit(ben.page, url, 'Ben');
    await talk(inside, ann.page, ben.page);
    await ben.page.getByRole('button', { name: 'Join' }).click();
    await shows(ann.page, ['Ben']);
    await ben.page.goto('about:blank');
    await shows(ann.page, []);
    expect([...ann.faults, ...ben.faults]).toEqual([]);
  });

  it('says why it can’t come in, and lets the person try again', async () => {
    const { url } = await makeCall();
    const { page } = await open('/plain');
    await submit(page, url.replace(/[0-9a-f]{12}$/, '000000000000'), 'Ann');
    await expect.poll(() => page.getByRole('alert').textContent(), { timeout: DEADLINE_MS }).toMatch(/room/i);
    expect(await page.getByRole('button', { name: 'Join' }).isVisible()).toBe(true);
  });
});

describe.each(['react', 'vue', 'svelte'] as const)('the example of %s', (framework) => {
  it('compiles in a strict program, which would tell of a mistake', async () => {
    const folder = join(EXAMPLES, framework);
    expect(await complaintsAbout(folder)).toEqual([]);
    const mistaken = (text: string) => text.replace(/joined\.peers/, 'joined.people');
    expect(await complaintsAbout(folder, mistaken)).toEqual([expect.stringContaining("'people'")]);
  });

  it('joins two who see each other, mutes, and leaves at once when it is unmounted', async () => {
    const { url, inside } = await makeCall();
    const come = (name: string) => open(`/${framework}?call=${encodeURIComponent(url)}&name=${name}`);
    const [ann, ben] = [await come('Ann'), await come('Ben')];
    await talk(inside, ann.page, ben.page);
    await ben.page.getByText('You have left.').waitFor();
    expect([...ann.faults, ...ben.faults]).toEqual([]);
  });
});

describe('the guide to the examples', () => {
  it.each([
    'plain/index.html',
    'react/VideoCall.tsx',
    'vue/VideoCall.vue',
    'svelte/VideoCall.svelte',
    'backend/server.mjs',
  ])('shows %s as it is', (file) => {
    const guide = documentText('src/client/examples/README.md');
    expect(guide).toContain(`\n${documentText(`src/client/examples/${file}`)}\`\`\`\n`);
  });
});
