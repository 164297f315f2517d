import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { hostPage, open, SITE_SECRET, startSite, type TestSite, tells } from '../support/browser/site.ts';
import { codeBlock } from '../support/documents.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { freePort } from '../support/server/process.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

const HANDBOOK = 'src/embed/README.md';
const SERVER = 'https://call.example.org';

let server: TestServer;
let browser: Browser;
let site: TestSite;
let port = 0;
let calls = '';

beforeAll(async () => {
  port = await freePort();
  site = await startSite();
  server = await startServer({
    EMBED_ORIGINS: `http://127.0.0.1:${port}, http://127.0.0.1:${site.port}`,
    JWT_SECRET: SITE_SECRET,
  });
  calls = server.url.replace('127.0.0.1', 'localhost');
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await site?.close();
});

describe('the handbook on calls in pages', () => {
  it('has a backend and a page that show a call with the site’s own users', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'backend.mjs'), codeBlock(HANDBOOK, 'js'));
    writeFileSync(join(folder, 'page.html'), codeBlock(HANDBOOK, 'html', 'renew').replaceAll(SERVER, calls));
    const backend = spawn(process.execPath, ['backend.mjs'], {
      cwd: folder,
      env: { PARLEY_URL: server.url, JWT_SECRET: SITE_SECRET, PORT: String(port) },
      stdio: 'inherit',
    });
    try {
      const url = `http://127.0.0.1:${port}`;
      const isUp = () =>
        fetch(url).then(
          ({ ok }) => ok,
          () => false,
        );
      await expect.poll(isUp, { timeout: 30_000 }).toBe(true);
      const page = await open(browser, url);
      const frame = page.frameLocator('iframe');
      expect(await frame.getByLabel(en.lobby.name).inputValue()).toBe('Ada');
      await frame.getByRole('button', { name: en.lobby.join }).click();
      await frame.getByRole('heading', { name: 'Tea' }).waitFor();
      await frame.getByRole('button', { name: en.call.leave }).waitFor();
      await page.context().close();
    } finally {
      const ended = once(backend, 'exit');
      backend.kill();
      await ended;
    }
  });

  it('names all that a page needs in its Content-Security-Policy and Permissions-Policy', async () => {
    const { accessToken } = await signIn(server.url);
    const { id } = await createRoom(server.url, accessToken, { name: 'Tea' });
    const headers = codeBlock(HANDBOOK, 'http')
      .trim()
      .replaceAll(SERVER, calls)
      // The page of this test listens by a script of its own.
      .replace("'self'", "'self' 'unsafe-inline'")
      .split('\n')
      .map((line) => line.split(': '));
    site.headers = Object.fromEntries(headers);
    expect(Object.keys(site.headers)).toEqual(['Content-Security-Policy', 'Permissions-Policy']);
    site.html = hostPage(calls, `room="${id}" name="Ada" skiplobby`);
    const page = await open(browser, `http://127.0.0.1:${site.port}`);
    await tells(page, 'joined');
    expect((await tells(page, 'media')).detail).toEqual({ audio: true, video: true, screen: false });
    await page.context().close();
  });
});
