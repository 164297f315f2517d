import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { enabledMicrophones, keepCaptures } from '../support/browser/page-media.ts';
import { Person } from '../support/browser/person.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

let server: TestServer;
let browser: Browser;
let people: Person[] = [];

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
});
afterEach(async () => {
  await Promise.all(people.map((person) => person.close()));
  people = [];
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

async function arrive(name: string): Promise<Person> {
  const person = await Person.arrive(browser, { name });
  people.push(person);
  return person;
}

it('a microphone muted in the lobby stays muted in the call until it is unmuted', async () => {
  const ben = await arrive('Ben');
  const link = await ben.startCall(server.url);
  await ben.join(link);
  const ada = await arrive('Ada');
  await ada.page.addInitScript(keepCaptures);
  await ada.page.goto(link);
  await ada.page.locator('.preview video[data-shape=landscape]').waitFor();
  await ada.page.getByRole('button', { name: en.call.mute }).click();
  await ada.join(link);
  await ben.seesMuted('Ada', true);
  expect(await ada.page.evaluate(enabledMicrophones)).toEqual([false]);
  await ada.unmute();
  await ben.seesMuted('Ada', false);
  expect(await ada.page.evaluate(enabledMicrophones)).toEqual([true]);
  await ben.hearsAndSees(1);
});
