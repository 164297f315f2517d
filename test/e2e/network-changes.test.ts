import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { launchBrowserOn } from '../support/browser/browser.ts';
import { launchFirefox } from '../support/browser/firefox.ts';
import { FirefoxPerson } from '../support/browser/firefox-person.ts';
import { untilBack } from '../support/browser/media-gaps.ts';
import { Person } from '../support/browser/person.ts';
import { startParley } from '../support/server/parley-process.ts';
import { type RoamingNetwork, roamingNetwork } from '../support/turn/roaming.ts';

const PORT = '3001';
/**
 * Max milliseconds until picture and sound are back, on a machine that is several times too busy. What it took is printed: 2 to 4 s
 * where nothing else runs.
 */
const BACK_MS = 15_000;
/** Milliseconds to wait for that, so that a failure shows by how much. */
const PATIENCE_MS = 40_000;

interface Call {
  readonly network: RoamingNetwork;
  readonly people: readonly (Person | FirefoxPerson)[];
  /** Offers that have come to Ben from Ada. */
  offers(): number;
}

describe.each(['Chromium', 'Firefox'])('a call of a %s whose network changes', (kind) => {
  const open: { close(): Promise<void> | void }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  /** Ada, who roams, and somebody who doesn't. Undefined if the machine can't make such a network. */
  async function call(): Promise<Call | undefined> {
    const network = roamingNetwork();
    if (network === undefined) return undefined;
    open.push(network);
    const folder = mkdtempSync(join(tmpdir(), 'parley-roaming-'));
    open.push({ close: () => rmSync(folder, { recursive: true, force: true }) });
    const TURN_CONFIG = join(folder, 'turnserver.conf');
    writeFileSync(TURN_CONFIG, 'listening-port=3478\n');
    const url = `http://${network.server.address}:${PORT}`;
    const settings = { HOST: '0.0.0.0', PORT, PUBLIC_URL: url, TURN: 'on', TURN_CONFIG };
    const server = await startParley(
      { ...settings, DATABASE_PATH: join(folder, 'parley.db') },
      network.server.within,
    );
    open.push({ close: () => server.stop('SIGKILL') });
    const browser = await launchBrowserOn(network.other, url);
    open.push(browser);
    const ben = await Person.arrive(browser, { name: 'Ben' });
    let offers = 0;
    ben.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).includes('"event":"call:offer"')) offers += 1;
      }),
    );
    const ada = await roamer(network, url);
    const link = await ben.startCall(url);
    await ada.join(link);
    await ben.join(link);
    const people = [ada, ben];
    await Promise.all(people.map((person) => person.hearsAndSees(1)));
    await Promise.all(people.map((person) => person.watchGaps()));
    return { network, people, offers: () => offers };
  }

  async function roamer(network: RoamingNetwork, url: string): Promise<Person | FirefoxPerson> {
    if (kind === 'Chromium') {
      const chromium = await launchBrowserOn(network.roamer, url);
      open.push(chromium);
      return Person.arrive(chromium, { name: 'Ada' });
    }
    const firefox = await launchFirefox({}, network.roamer);
    open.push(firefox);
    return FirefoxPerson.arrive(firefox, { name: 'Ada' });
  }

  /** Asserts that everybody has picture and sound again in time, counted from `since`, and prints how long it took. */
  async function allBack(what: string, people: Call['people'], since: number): Promise<void> {
    const back = await Promise.all(
      people.map((person) => untilBack(person.name, () => person.gaps(), since, PATIENCE_MS)),
    );
    console.log(`${kind}, ${what}: back after ${back.join(' and ')} ms`);
    for (const ms of back) expect(ms).toBeLessThanOrEqual(BACK_MS);
  }

  // roamingNetwork() reports it if nothing could be tested.
  it('goes on when the address changes, of which browsers say nothing', { timeout: 180_000 }, async () => {
    const { network, people, offers } = (await call()) ?? {};
    if (network === undefined || people === undefined || offers === undefined) return;
    const before = offers();
    network.roamer.renumber();
    await allBack('renumbered', people, Date.now());
    expect(offers() - before).toBeLessThanOrEqual(3);
  });

  it('goes on in another network when its interface goes down', { timeout: 180_000 }, async () => {
    const { network, people, offers } = (await call()) ?? {};
    if (network === undefined || people === undefined || offers === undefined) return;
    const before = offers();
    network.roamer.leave();
    network.roamer.enter('mobile');
    await allBack('from one interface to the other', people, Date.now());
    expect(offers() - before).toBeLessThanOrEqual(3);
  });

  it('goes on over TCP while UDP is dropped', { timeout: 180_000 }, async () => {
    const { network, people } = (await call()) ?? {};
    if (network === undefined || people === undefined) return;
    network.dropUdp();
    await allBack('UDP dropped', people, Date.now());
    network.passUdp();
    await Promise.all(people.map((person) => person.hearsAndSees(1)));
  });
});
