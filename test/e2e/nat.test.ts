import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { launchBrowserOn } from '../support/browser/browser.ts';
import { Person } from '../support/browser/person.ts';
import { startParley } from '../support/server/parley-process.ts';
import { natNetwork, type TestHost } from '../support/turn/netns.ts';

const PORT = '3001';
/** Milliseconds until a busy browser has tried every candidate pair; Chromium takes 15 s. */
const GIVE_UP_MS = 60_000;

describe('a call between two homes, each behind a strict NAT', () => {
  const open: { close(): Promise<void> | void }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  /**
   * Returns Ada and Ben in one room of a server on the public side; undefined if the machine can't make such a network.
   */
  async function callAcross(environment: Record<string, string> = {}): Promise<[Person, Person] | undefined> {
    const network = natNetwork('strict');
    if (network === undefined) return undefined;
    open.push(network);
    const { address: HOST } = network.relay;
    const folder = mkdtempSync(join(tmpdir(), 'parley-nat-'));
    open.push({ close: () => rmSync(folder, { recursive: true, force: true }) });
    const TURN_CONFIG = join(folder, 'turnserver.conf');
    writeFileSync(TURN_CONFIG, 'listening-port=3478\n');
    const settings = { HOST, PORT, DATABASE_PATH: join(folder, 'parley.db'), TURN: 'on', TURN_CONFIG };
    const server = await startParley({ ...settings, ...environment }, network.relay.within);
    open.push({ close: () => server.stop('SIGKILL') });
    const arrive = async (host: TestHost, name: string): Promise<Person> => {
      const browser = await launchBrowserOn(host, server.url);
      open.push(browser);
      return Person.arrive(browser, { name });
    };
    const ada = await arrive(network.one, 'Ada');
    const ben = await arrive(network.other, 'Ben');
    const link = await ada.startCall(server.url);
    await ada.join(link);
    await ben.join(link);
    return [ada, ben];
  }

  // natNetwork() reports it if nothing could be tested.
  it('goes through the relay', { timeout: 120_000 }, async () => {
    const [ada, ben] = (await callAcross()) ?? [];
    if (ada === undefined || ben === undefined) return;
    await Promise.all([ada.hearsAndSees(1), ben.hearsAndSees(1)]);
    await Promise.all([
      ada.expectPath('Ben', /^Relayed, over (UDP|TCP)$/),
      ben.expectPath('Ada', /^Relayed, over (UDP|TCP)$/),
    ]);
  });

  it('fails without the relay, and the page says so', { timeout: 120_000 }, async () => {
    const [ada, ben] = (await callAcross({ TURN_URLS: 'stun:203.0.113.1:3478' })) ?? [];
    if (ada === undefined || ben === undefined) return;
    await ada.tile('Ben').getByText('Can’t connect to this person').waitFor({ timeout: GIVE_UP_MS });
    for (const person of [ada, ben])
      expect(await person.received()).toEqual([{ framesDecoded: 0, totalSamplesReceived: 0 }]);
  });
});
