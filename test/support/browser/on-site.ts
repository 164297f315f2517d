import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createRoom, signIn } from '../server/api.ts';
import { startServer, type TestServer } from '../server/server.ts';
import { launchBrowser } from './browser.ts';
import { hostPage, open, SITE_SECRET, startSite, type TestSite, tells } from './site.ts';

/** All can be read once the first test runs. */
export interface BrowserOnSite {
  readonly server: TestServer;
  readonly browser: Browser;
  readonly site: TestSite;
  readonly siteUrl: string;
  /** The server under a name of another site than the page's. */
  readonly calls: string;
  /** Token of a guest who owns the rooms. */
  readonly owner: string;
  /** Creates a room and returns its id. */
  room(more?: object): Promise<string>;
  /** Opens an address until the end of the test. */
  open(url: string): Promise<Page>;
  /** Opens a page of the site until the end of the test. @param html default: the element with these attributes */
  visit(attributes: string, html?: string): Promise<Page>;
  /** Opens a page whose call is joined at once, as a guest. */
  enter(roomId: string, name: string, attributes?: string): Promise<Page>;
}

/**
 * A site that may embed the calls of a server, and a browser, for all tests of a file or of a `describe`. Call it once, at the
 * top.
 */
export function browserOnSite(flags: readonly string[] = []): BrowserOnSite {
  let server: TestServer;
  let browser: Browser;
  let site: TestSite;
  let siteUrl = '';
  let owner = '';
  const pages: Page[] = [];
  beforeAll(async () => {
    site = await startSite();
    siteUrl = `http://127.0.0.1:${site.port}`;
    server = await startServer({ EMBED_ORIGINS: siteUrl, JWT_SECRET: SITE_SECRET });
    browser = await launchBrowser(flags);
    owner = (await signIn(server.url)).accessToken;
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await site?.close();
  });
  const on: BrowserOnSite = {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
    get site() {
      return site;
    },
    get siteUrl() {
      return siteUrl;
    },
    get owner() {
      return owner;
    },
    get calls() {
      return server.url.replace('127.0.0.1', 'localhost');
    },
    room: async (more = {}) => (await createRoom(server.url, owner, { name: 'Tea', ...more })).id,
    async open(url) {
      const page = await open(browser, url);
      pages.push(page);
      return page;
    },
    visit(attributes, html = hostPage(on.calls, attributes)) {
      site.html = html;
      return on.open(siteUrl);
    },
    async enter(roomId, name, attributes = '') {
      const page = await on.visit(`room="${roomId}" name="${name}" skiplobby ${attributes}`);
      await tells(page, 'joined');
      return page;
    },
  };
  return on;
}
