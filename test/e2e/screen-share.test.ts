import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { Person } from '../support/browser/person.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

const TIMES = 10;

describe('screen sharing', () => {
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

  it(`[RM2] survives both sides starting and stopping at the same moment, ${TIMES} times`, async () => {
    const ada = await Person.arrive(browser, { name: 'Ada' });
    const ben = await Person.arrive(browser, { name: 'Ben' });
    const both = [ada, ben];
    const link = await ada.startCall(server.url);
    await ada.join(link);
    await ben.join(link);
    await Promise.all(both.map((person) => person.hearsAndSees(1)));
    for (let time = 0; time < TIMES; time += 1) {
      await Promise.all(both.map((person) => person.shareScreen()));
      await Promise.all(both.map((person) => person.seesScreens(2)));
      await Promise.all(both.map((person) => person.stopSharing()));
      await Promise.all(both.map((person) => person.seesScreens(0)));
    }
    await Promise.all(both.map((person) => person.hearsAndSees(1)));
    for (const person of both) expect((await person.received()).length).toBe(1);
    await Promise.all(both.map((person) => person.close()));
  });
});
