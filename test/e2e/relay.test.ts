import { createHash, X509Certificate } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { type Firefox, launchFirefox } from '../support/browser/firefox.ts';
import { FirefoxPerson } from '../support/browser/firefox-person.ts';
import { backAfter } from '../support/browser/media-gaps.ts';
import { recordOf, watchPage } from '../support/browser/page-watch.ts';
import { Person } from '../support/browser/person.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { makeCertificate, type TestCertificate } from '../support/server/certificate.ts';
import { type Frame, wireProxy } from '../support/server/wire-proxy.ts';
import { type RelayServer, startRelayServer } from '../support/turn/relay-server.ts';

/** Pages that use only the relay, so that both ends of a connection are clients of it. */
const relayed = { iceTransportPolicy: 'relay' } as const;

describe('a call through the relay only', () => {
  let certificate: TestCertificate;
  let browser: Browser;
  let firefox: Firefox | undefined;
  let server: RelayServer | undefined;
  let people: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    certificate = await makeCertificate();
    browser = await launchBrowser([`--ignore-certificate-errors-spki-list=${publicKeyHash(certificate)}`]);
  });
  afterEach(async () => {
    await Promise.all(people.map((person) => person.close()));
    people = [];
    await server?.close();
    server = undefined;
  });
  afterAll(async () => {
    await firefox?.close();
    await browser.close();
    certificate.remove();
  });

  /** Returns Ada and Ben in Chromium, who hear and see each other. */
  async function callBetweenTwo({ url }: RelayServer): Promise<[Person, Person, link: string]> {
    const ada = await Person.arrive(browser, { name: 'Ada', ...relayed });
    const ben = await Person.arrive(browser, { name: 'Ben', ...relayed });
    people.push(ada, ben);
    const link = await ada.startCall(url);
    await ada.join(link);
    await ben.join(link);
    await Promise.all([ada.hearsAndSees(1), ben.hearsAndSees(1)]);
    return [ada, ben, link];
  }

  it.each([
    ['UDP', ['no-tcp', 'no-tls']],
    ['TCP', ['no-udp', 'no-tls']],
    ['TLS', ['no-udp', 'no-tcp']],
  ])('works between two Chromiums over %s', async (transport, conf) => {
    server = await startRelayServer([...conf, `cert=${certificate.cert}`, `pkey=${certificate.pkey}`]);
    const [ada, ben] = await callBetweenTwo(server);
    const way = new RegExp(`^Relayed, over ${transport}$`);
    await Promise.all([ada.expectPath('Ben', way), ben.expectPath('Ada', way)]);
    expect(await server.figure('parley_turn_allocations')).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['UDP', ['no-tcp']],
    ['TCP', ['no-udp']],
  ])('works between Chromium and two Firefoxes over %s', async (transport, conf) => {
    firefox ??= await launchFirefox();
    server = await startRelayServer(conf);
    const ada = await Person.arrive(browser, { name: 'Ada', ...relayed });
    const fay = await FirefoxPerson.arrive(firefox, { name: 'Fay', ...relayed });
    const fox = await FirefoxPerson.arrive(firefox, { name: 'Fox', ...relayed });
    const inside = [ada, fay, fox];
    people.push(...inside);
    const link = await ada.startCall(server.url);
    for (const person of inside) await person.join(link);
    await Promise.all(inside.map((person) => person.hearsAndSees(2)));
    const way = new RegExp(`^Relayed, over ${transport}$`);
    await Promise.all([ada.expectPath('Fay', way), fay.expectPath('Ada', way), fay.expectPath('Fox', way)]);
  });

  it('in a room that hides addresses has nobody’s in any frame, either way, of Chromium and of Firefox', async () => {
    firefox ??= await launchFirefox();
    server = await startRelayServer();
    const frames: string[] = [];
    const watch = (frame: Frame) => {
      frames.push(JSON.stringify(frame));
      return frame;
    };
    const proxy = await wireProxy(server.url, { toServer: watch, toClient: watch });
    people.push(proxy);
    const { accessToken } = await signIn(server.url);
    const room = await createRoom(server.url, accessToken, { relayOnly: true });
    const link = new URL(`/connect/${room.id}`, proxy.url).href;
    const ada = await Person.arrive(browser, { name: 'Ada' });
    const fay = await FirefoxPerson.arrive(firefox, { name: 'Fay' });
    const fox = await FirefoxPerson.arrive(firefox, { name: 'Fox' });
    const inside = [ada, fay, fox];
    people.unshift(...inside);
    for (const person of inside) await person.join(link);
    await Promise.all(inside.map((person) => person.hearsAndSees(2)));
    await Promise.all([
      ada.expectPath('Fay', /^Relayed/),
      fay.expectPath('Ada', /^Relayed/),
      fay.expectPath('Fox', /^Relayed/),
    ]);
    // The relay has this machine's addresses too, so that they may be only where a relay's is, or its URL. The related address
    // would be the person's own (RFC 8839, section 5.1).
    const relays = /candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ relay raddr (0\.0\.0\.0|::) rport 0/g;
    const told = frames.join('\n');
    expect(told.match(relays)?.length).toBeGreaterThanOrEqual(2 * inside.length);
    const rest = told.replace(relays, '').replace(/"urls":\[.*?\]/g, '');
    expect(rest).not.toMatch(/ typ | raddr |\.local/);
    for (const address of ownAddresses()) expect(rest).not.toContain(address);
  });

  it.each([
    ['UDP', 'no-tcp'],
    ['TCP', 'no-udp'],
  ])(
    'survives the death of the relay over %s: an ICE restart brings the media back, and signaling notices nothing',
    async (transport, conf) => {
      server = await startRelayServer([conf]);
      const { lines } = server;
      const [ada, ben] = await callBetweenTwo(server);
      const inside = [ada, ben];
      await Promise.all(inside.map((person) => person.watchGaps()));
      await Promise.all(inside.map(({ page }) => watchPage(page)));
      const before = await ada.peerIdOf('Ben');
      await server.killRelay();
      await expect
        .poll(() => lines.some((line) => line.includes('the relay works again')), {
          timeout: 20_000,
          interval: 20,
        })
        .toBe(true);
      const since = Date.now();
      await Promise.all(inside.map((person) => person.hearsAndSees(1)));
      const back = await Promise.all(inside.map(async (person) => backAfter(await person.gaps(), since)));
      console.log(`over ${transport}: back ${back.join(' and ')} ms after the relay was`);
      expect(await ada.peerIdOf('Ben')).toBe(before);
      for (const { page } of inside) {
        const { samples, banners, fewestTiles } = await recordOf(page);
        const [connection, ...more] = samples.at(-1)?.connections ?? [];
        expect(more).toEqual([]);
        expect(connection?.ufrag).not.toBe(samples[0]?.connections[0]?.ufrag);
        expect({ banners, fewestTiles }).toEqual({ banners: 0, fewestTiles: 1 });
      }
    },
  );
});

/** Addresses of this machine that another one could reach. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.filter(({ internal }) => !internal).map(({ address }) => address);
}

/** Chromium accepts a self-signed certificate if it is given the hash of its public key. */
function publicKeyHash({ certText }: TestCertificate): string {
  const der = new X509Certificate(certText).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64');
}
