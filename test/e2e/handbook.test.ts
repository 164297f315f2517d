import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

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

describe.each(DEVICES)('the handbook on a $device ($colorScheme)', ({ device, ...look }) => {
  it('can be read, and is found through by its contents', async () => {
    const context = await browser.newContext({ ...look });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    await page.goto(new URL('/docs', server.url).href);
    await expectFine(page, `handbook-${device}`);
    for (const title of ['The SDK', 'HTTP API', 'WebSocket events', 'The wire contract']) {
      if (device === 'phone') await page.locator('.menu summary').click();
      await page.locator('nav:visible').getByRole('link', { name: title, exact: true }).click();
      await page.waitForURL('**/docs/*');
      await expectFine(page, `handbook-${title.toLowerCase().replaceAll(' ', '-')}-${device}`);
    }
    expect(refused).toEqual([]);
    await context.close();
  });
});
