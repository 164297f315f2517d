import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { longestStandstill, recordOf, watchPage } from '../support/browser/page-watch.ts';
import { Person } from '../support/browser/person.ts';
import { type Line, lineTo } from '../support/server/line.ts';
import { byNpmStart, type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';

/** Max milliseconds without a new frame or sample: shorter gaps go unnoticed. */
const FLINCH_MS = 1_000;

describe('a call while its server restarts', () => {
  let browser: Browser;
  let folder: string;
  let server: ParleyProcess;
  let environment: Record<string, string>;
  let people: Person[];
  let lines: Line[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    people = [];
    lines = [];
    folder = mkdtempSync(join(tmpdir(), 'parley-restart-'));
    environment = { PORT: String(await freePort()), DATABASE_PATH: join(folder, 'parley.db') };
    server = await startParley(environment, byNpmStart);
  });
  afterEach(async () => {
    await Promise.all(people.map((person) => person.close()));
    await Promise.all(lines.map((line) => line.close()));
    await server.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  async function arrive(name: string): Promise<Person> {
    const person = await Person.arrive(browser, { name });
    people.push(person);
    return person;
  }

  /** Returns Ada and Ben, who hear and see each other. Recording has started. */
  async function callBetweenTwo(url = server.url): Promise<{ ada: Person; ben: Person; link: string }> {
    const ada = await arrive('Ada');
    const link = await ada.startCall(url);
    await ada.join(link);
    const ben = await arrive('Ben');
    await ben.join(link);
    await Promise.all([ada.hearsAndSees(1), ben.hearsAndSees(1)]);
    await Promise.all([ada, ben].map(({ page }) => watchPage(page)));
    return { ada, ben, link };
  }

  /** Proves that signaling works in both directions. */
  async function signal(one: Person, other: Person): Promise<void> {
    await Promise.all([one.mute(), other.mute()]);
    await Promise.all([one.seesMuted(other.name, true), other.seesMuted(one.name, true)]);
    await Promise.all([one.unmute(), other.unmute()]);
    await Promise.all([one.seesMuted(other.name, false), other.seesMuted(one.name, false)]);
  }

  /** Expects the same connection all along, no ICE restart, no gap in media and no missing tile. */
  async function expectNoFlinch(...inside: Person[]): Promise<void> {
    for (const person of inside) {
      await person.hearsAndSees(1);
      const record = await recordOf(person.page);
      const seen = record.samples.flatMap(({ connections }) => connections);
      expect(seen.length).toBe(record.samples.length);
      expect(new Set(seen.map(({ state }) => state))).toEqual(new Set(['connected']));
      expect(new Set(seen.map(({ ufrag }) => ufrag)).size).toBe(1);
      expect(longestStandstill(record, 0, 'framesDecoded')).toBeLessThan(FLINCH_MS);
      expect(longestStandstill(record, 0, 'totalSamplesReceived')).toBeLessThan(FLINCH_MS);
      expect(record.fewestTiles).toBe(1);
    }
  }

  async function expectRoomForAThird(link: string, ...inside: Person[]): Promise<void> {
    const third = await arrive('Cem');
    await third.join(link);
    await Promise.all([third, ...inside].map((person) => person.hearsAndSees(2)));
  }

  it('[SE8] keeps media and peer ids through a restart', async () => {
    const { ada, ben, link } = await callBetweenTwo();
    const before = await ada.peerIdOf('Ben');
    await server.stop('SIGTERM');
    server = await startParley(environment, byNpmStart);
    await signal(ada, ben);
    expect(await ada.peerIdOf('Ben')).toBe(before);
    await expectNoFlinch(ada, ben);
    await expectRoomForAThird(link, ada, ben);
  });

  it('[SE4] rejoins by itself after a kill, on the existing connections', async () => {
    const { ada, ben, link } = await callBetweenTwo();
    const before = await ada.peerIdOf('Ben');
    await server.stop('SIGKILL');
    const inside = [ada, ben];
    await Promise.all(inside.map(({ page }) => page.getByText('Connection to the server lost').waitFor()));
    server = await startParley(environment, byNpmStart);
    await Promise.all(inside.map(({ page }) => page.getByText('Connected again').waitFor()));
    await signal(ada, ben);
    expect(await ada.peerIdOf('Ben')).not.toBe(before);
    await expectNoFlinch(ada, ben);
    for (const { page } of inside) {
      expect((await recordOf(page)).banners).toBe(1);
      expect(await page.getByText('Connection to the server lost').count()).toBe(0);
    }
    await expectRoomForAThird(link, ada, ben);
  });

  it('[SE3] shows no banner for a connection that is back at once', async () => {
    const line = await lineTo(Number(environment['PORT']));
    lines.push(line);
    const { ada, ben } = await callBetweenTwo(`http://127.0.0.1:${line.port}`);
    line.cut();
    await signal(ada, ben);
    for (const { page } of [ada, ben]) expect((await recordOf(page)).banners).toBe(0);
    await expectNoFlinch(ada, ben);
  });

  it('[SE3] keeps media flowing however often the connection is lost', async () => {
    const line = await lineTo(Number(environment['PORT']));
    lines.push(line);
    const { ada, ben } = await callBetweenTwo(`http://127.0.0.1:${line.port}`);
    // The SDK's backoff grows to a second here, so the pages may show the banner.
    for (const _ of [1, 2, 3]) {
      line.cut();
      await signal(ada, ben);
    }
    await expectNoFlinch(ada, ben);
  });
});
