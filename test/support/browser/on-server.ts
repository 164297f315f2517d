import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import { startServer, type TestServer } from '../server/server.ts';
import { launchBrowser } from './browser.ts';

/** Both can be read once the first test runs. */
export interface BrowserOnServer {
  readonly server: TestServer;
  readonly browser: Browser;
}

/**
 * A server and a browser for all tests of a file or of a `describe`. Call it once, at the top.
 * @param environment settings of the server, as for `startServer`
 */
export function browserOnServer(environment?: Environment): BrowserOnServer {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startServer(environment);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  return {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
  };
}
