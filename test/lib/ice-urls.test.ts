import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { iceUrlFault } from '../../src/lib/ice-urls.ts';
import { createIceServers } from '../../src/turn/ice/ice-servers.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { FakeClock } from '../support/fakes/clock.ts';

/** Every combination of these schemes, hosts, ports and queries. */
const SCHEMES = ['stun', 'stuns', 'turn', 'turns'];
const HOSTS = [
  'turn.example.org',
  'localhost',
  'relay_1.internal',
  'a.example.',
  '203.0.113.7',
  '[2001:db8::7]',
  '[::ffff:203.0.113.7]',
  `${'a'.repeat(63)}.example`,
];
const PORTS = ['', ':1', ':3478', ':65535', ':03478'];
const QUERIES = ['', '?transport=udp', '?transport=tcp'];
const ALL = SCHEMES.flatMap((scheme) =>
  HOSTS.flatMap((host) =>
    PORTS.flatMap((port) => QUERIES.map((query) => `${scheme}:${host}${port}${query}`)),
  ),
);

/** URLs that Parley refuses, each with a part of the refusal. */
const REFUSED: readonly (readonly [url: string, why: RegExp])[] = [
  ['stun:stun.example.org?transport=udp', /query, which only turn: and turns: may have/],
  ['stuns:stun.example.org:5349?transport=tcp', /query/],
  ['stun:stun.example.org?', /query/],
  ['turn:turn.example.org?transport=tls', /another query/],
  ['turn:turn.example.org?transport=', /another query/],
  ['turn:turn.example.org?transport=udp&x=1', /another query/],
  ['turn:turn.example.org?udp', /another query/],
  ['turn:turn.example.org?', /another query/],
  ['turn:turn.example.org:0', /port/],
  ['turn:turn.example.org:65536', /port/],
  ['turn:turn.example.org:', /port/],
  ['turn:turn.example.org:+80', /port/],
  ['turn:turn.example.org:80x', /port/],
  ['turn:turn.example.org:3478/udp', /port/],
  ['turn:2001:db8::7', /IPv6 in brackets/],
  ['turn::3478', /host/],
  ['stun:', /host/],
  ['turn:user@turn.example.org', /host/],
  ['turn:a b', /host/],
  ['turn:a"b', /host/],
  ['turn://turn.example.org', /form turn:host:port/],
  ['turn:turn.example.org/path', /form turn:host:port/],
  ['turn:turn.example.org#x', /form turn:host:port/],
  ['https://turn.example.org', /form turn:host:port/],
  ['turn', /form turn:host:port/],
  // Browsers accept these and can never reach them.
  ['turn:1.2.3.256', /host/],
  ['turn:[::g]', /host/],
  ['turn:[fe80::1%25eth0]:3478', /host/],
  ['turn:a..b', /host/],
];

describe('TURN_URLS', () => {
  let page: Page;
  beforeAll(async () => {
    const browser = await launchBrowser();
    page = await browser.newPage();
    return () => browser.close();
  });

  /** Returns the URLs because of which `new RTCPeerConnection` throws. */
  function refusedByChromium(urls: readonly string[]): Promise<string[]> {
    return page.evaluate(
      (all) =>
        all.filter((url) => {
          try {
            new RTCPeerConnection({ iceServers: [{ urls: url, username: 'u', credential: 'c' }] }).close();
            return false;
          } catch {
            return true;
          }
        }),
      urls,
    );
  }

  it('that Parley accepts are accepted by a browser', async () => {
    const accepted = ALL.filter((url) => iceUrlFault(url) === undefined);
    expect(accepted).toHaveLength(2 * HOSTS.length * PORTS.length * (1 + QUERIES.length));
    expect(await refusedByChromium(accepted)).toEqual([]);
    const others = ALL.filter((url) => iceUrlFault(url) !== undefined);
    expect(await refusedByChromium(others)).toEqual(others);
  });

  it.each(REFUSED)('refuse the start with %s, and say why', (url, why) => {
    const read = () => readConfig({ TURN_URLS: `turn:turn.example.org:3478,${url}` });
    expect(iceUrlFault(url)).toMatch(why);
    expect(read).toThrow(`${JSON.stringify(url)} ${iceUrlFault(url)}`);
    expect(read).toThrow(/^TURN_URLS is/);
  });

  it('that Parley refuses are refused by a browser, except four that lead nowhere', async () => {
    const urls = REFUSED.map(([url]) => url);
    expect(await refusedByChromium(urls)).toEqual(urls.slice(0, -4));
  });

  it('of the embedded relay are accepted by a browser, whatever Host header a client sends', async () => {
    const relay = {
      port: 3478,
      tlsPort: 5349,
      udp: true,
      tcp: true,
      externalAddress: undefined,
      ownAddress: '2001:db8::7',
    };
    const source = { kind: 'embedded', relay, publicUrl: undefined } as const;
    const grant = createIceServers({ source, secret: 's', clock: new FakeClock(), lifetimeSeconds: 60 });
    const hosts = [
      'call.example.org:443',
      '[::1]:3001',
      '',
      'a b',
      'x/../y',
      'a?b',
      'a:b:c',
      '?transport=udp',
      'ü',
    ];
    const urls = hosts.flatMap((host) => grant('ann', host).iceServers.flatMap((server) => server.urls));
    expect(urls).toHaveLength(hosts.length * 4);
    expect(await refusedByChromium(urls)).toEqual([]);
  });
});
