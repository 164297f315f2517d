import type { Page } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import { drawCamera, type Look } from './pictures/drawn-camera.ts';

/** `SCREENS=test/e2e/pictures npx vitest run test/e2e/picture.test.ts` makes the README's picture. */
const PICTURES = process.env['SCREENS'];
const SIZE = { width: 1440, height: 900 };
/** The last one's window is in the picture. */
const PEOPLE: readonly (readonly [name: string, look: Look])[] = [
  ['Ben', { wall: ['#f4efe4', '#c9a777'], skin: '#8a5a38', hair: '#1a1410', shirt: '#d8a23c' }],
  ['Mira', { wall: ['#dfe6f2', '#8ca2c4'], skin: '#e2b08a', hair: '#b3641a', shirt: '#6b3d63', bun: true }],
  [
    'Samir',
    { wall: ['#ecebee', '#a897b8'], skin: '#c68d5e', hair: '#0c0c0c', shirt: '#3a7d52', beard: true },
  ],
  ['Ada', { wall: ['#a3bd9f', '#dfe9dd'], skin: '#f0c8a4', hair: '#4d2d22', shirt: '#2d5d89', long: true }],
];

let server: TestServer;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

async function join(link: string, name: string, look: Look): Promise<Page> {
  const context = await browser.newContext({
    locale: 'en-US',
    colorScheme: 'dark',
    viewport: SIZE,
    permissions: ['camera', 'microphone'],
  });
  const page = await context.newPage();
  await page.addInitScript(drawCamera, look);
  await page.goto(link);
  await page.getByLabel(en.lobby.name).fill(name);
  await page.locator('form.enter button').click();
  await page.getByRole('button', { name: en.call.leave }).waitFor();
  return page;
}

it('a window shows the cameras of four people, and who is muted', async () => {
  const { accessToken } = await signIn(server.url, { displayName: 'Host' });
  const { id } = await createRoom(server.url, accessToken, { name: 'Tuesday stand-up' });
  const pages: Page[] = [];
  for (const [name, look] of PEOPLE) pages.push(await join(`${server.url}/connect/${id}`, name, look));
  const [, , samir, ada] = pages;
  await samir?.getByRole('button', { name: en.call.mute }).click();
  await ada?.locator('li.tile[data-self=false][data-muted=true]').waitFor();
  await showsVideos(ada, 1);
  if (ada === undefined || PICTURES === undefined) return;
  await ada.mouse.move(0, 0);
  await showsVideos(ada, 640);
  await ada.screenshot({ path: `${PICTURES}/call-1440.png` });
});

/** Waits until everybody's video is at least this wide (pixels). A connection begins with small pictures. */
async function showsVideos(page: Page | undefined, width: number): Promise<void> {
  await page?.waitForFunction(
    ([count, wide]) =>
      [...document.querySelectorAll('video')].filter((video) => video.videoWidth >= wide).length === count,
    [PEOPLE.length, width] as const,
    { timeout: 60_000 },
  );
}
