import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('the doors of a call', () => {
  let server: TestServer;
  let browser: Browser;
  let people: Person[] = [];

  beforeAll(async () => {
    server = await startServer();
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await Promise.all(people.map((person) => person.go()));
    people = [];
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function arrive(name: string, at: Browser = browser): Promise<Person> {
    const person = await Person.arrive(at, { name });
    people.push(person);
    return person;
  }

  it('[RM1] asks for the password, says that a wrong one is wrong, and opens for the right one', async () => {
    const host = await arrive('Ada');
    const link = await host.startCall(server.url, { password: 'correct horse' });
    await host.join(link, 'correct horse');
    const guest = await arrive('Ben');
    await guest.knock(link, 'wrong horse');
    await guest.page.getByText('That password is not right').waitFor();
    await guest.join(link, 'correct horse');
    await Promise.all([host.hearsAndSees(1), guest.hearsAndSees(1)]);
  });

  it('[RM1] tells whoever is one too many that the call is full, and lets them in when somebody leaves', async () => {
    const host = await arrive('Ada');
    const link = await host.startCall(server.url, { max: 2 });
    await host.join(link);
    const second = await arrive('Ben');
    await second.join(link);
    const third = await arrive('Cem');
    await third.knock(link);
    await third.page.getByText('This call is full').waitFor();
    expect(await host.tiles().count()).toBe(1);
    await second.leave();
    await host.losesSightOf('Ben');
    await third.join(link);
    await Promise.all([host.hearsAndSees(1), third.hearsAndSees(1)]);
  });

  it('leads an unknown link home and says why', async () => {
    const person = await arrive('Ada');
    await person.page.goto(`${server.url}/connect/${randomUUID()}`);
    await person.page.getByText('There is no call at that link.').waitFor();
    expect(new URL(person.page.url()).pathname).toBe('/');
  });
});
