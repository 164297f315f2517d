import { describe, expect, it } from 'vitest';
import { parseAddress, parseRange } from '../../../../src/turn/codec/addresses.ts';
import { RELAY_CONF_DEFAULTS, type RelayConf } from '../../../../src/turn/conf/relay-conf.ts';
import { createPeerPolicy, type Route } from '../../../../src/turn/core/traffic/peer-policy.ts';
import { fakeRelay, RELAYED4, TestClient } from '../../../support/turn/fake-relay.ts';

interface Settings {
  allowed?: readonly string[];
  denied?: readonly string[];
  loopback?: boolean;
  noMulticast?: boolean;
  live?: readonly number[];
}

function policyOf({ allowed = [], denied = [], loopback = false, noMulticast = false, live = [] }: Settings) {
  const conf: RelayConf = {
    ...RELAY_CONF_DEFAULTS,
    allowedPeers: allowed.flatMap((text) => parseRange(text) ?? []),
    deniedPeers: denied.flatMap((text) => parseRange(text) ?? []),
    allowLoopbackPeers: loopback,
    noMulticastPeers: noMulticast,
  };
  return createPeerPolicy({
    conf,
    addresses: {
      relayed4: '203.0.113.1',
      relayed6: '2001:db8::1',
      own: ['10.0.0.1', '127.0.0.1'],
      listenerPorts: [3478, 8080],
    },
    isLiveRelayPort: (_, port) => live.includes(port),
  });
}

function routes(settings: Settings = {}) {
  const policy = policyOf(settings);
  return (text: string, port = 5000): Route => policy.route(addressOf(text), port);
}

function permits(settings: Settings = {}) {
  const policy = policyOf(settings);
  return (text: string): boolean => policy.permits(addressOf(text));
}

function addressOf(text: string) {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
}

describe('peer policy', () => {
  it.each([
    '8.8.8.8',
    '192.0.2.1',
    '198.51.100.200',
    '2001:db8:5::1',
    '2a00:1450::1',
    '172.15.0.1',
    '172.32.0.1',
    '198.17.255.255',
    '198.20.0.1',
    '168.63.129.17',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2a00:1450:1:2:0:5efe:8.8.8.8',
    '2600::1',
  ])('allows the peer %s', (text) => {
    expect(routes()(text)).toBe('outside');
    expect(permits()(text)).toBe(true);
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['loopback', '::1'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['link-local', '169.254.1.1'],
    ['cloud metadata', '169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['carrier NAT', '100.64.0.1'],
    ['carrier NAT', '100.127.255.255'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.255'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['unspecified', '0.0.0.0'],
    ['unspecified', '::'],
    ['this network', '0.0.0.1'],
    ['unique local', 'fc00::1'],
    ['unique local', 'fd12:3456::1'],
    ['site-local', 'fec0::1'],
    ['benchmarks', '198.18.0.1'],
    ['benchmarks', '198.19.255.255'],
    ["Azure's platform service", '168.63.129.16'],
    ['protocol assignments', '192.0.0.192'],
    ['relays of 6to4', '192.88.99.1'],
    ['discard only', '100::1'],
    ['a local NAT64 of any address', '64:ff9b:1::8.8.8.8'],
    ['a local NAT64 in the /48 form', '64:ff9b:1:808:8:800::'],
    ['Teredo of a public server and client', '2001:0:808:808:0:0:f7f7:f7f7'],
    ['benchmarks in IPv6', '2001:2::1'],
    ['ORCHID', '2001:20::1'],
    ['segment identifiers', '5f00::1'],
    ['IPv4-translated of any address', '::ffff:0:8.8.8.8'],
    ['IPv4-compatible of any address', '::8.8.8.8'],
    ['not assigned', '4000::1'],
  ])('denies %s: %s', (_, text) => {
    expect(routes()(text)).toBe('denied');
    expect(permits()(text)).toBe(false);
  });

  it.each([
    ['IPv4-mapped loopback (CVE-2025-69217, CVE-2026-27624)', '::ffff:127.0.0.1'],
    ['IPv4-mapped private', '::ffff:10.1.2.3'],
    ['IPv4-mapped metadata', '::ffff:169.254.169.254'],
    ['IPv4-mapped unspecified', '::ffff:0.0.0.0'],
    ['IPv4-compatible loopback', '::127.0.0.1'],
    ['IPv4-compatible private', '::192.168.1.1'],
    ['6to4 of loopback', '2002:7f00:1::1'],
    ['6to4 of a private address', '2002:c0a8:101::1'],
    ['NAT64 of loopback', '64:ff9b::127.0.0.1'],
    ['NAT64 of metadata', '64:ff9b::169.254.169.254'],
    ['local NAT64 of a private address', '64:ff9b:1::10.0.0.5'],
    ['Teredo of loopback', '2001:0:1:2:3:4:80ff:fffe'],
    ['NAT64 of our own address', '64:ff9b::203.0.113.1'],
    ['ISATAP of a private address', '2a00:1450:1:2:0:5efe:10.1.2.3'],
    ['ISATAP of metadata, under a prefix of ours', '2001:db8::200:5efe:169.254.169.254'],
    ['ISATAP of our own address', '2a00:1450::5efe:203.0.113.1'],
    ['IPv4-translated loopback', '::ffff:0:127.0.0.1'],
    ['NAT64 of benchmarks', '64:ff9b::198.18.0.1'],
    ["6to4 of Azure's platform service", '2002:a83f:8110::1'],
    ['local NAT64 /48 of a private address', '64:ff9b:1:a01:2:300::'],
    ['local NAT64 /56 of metadata', '64:ff9b:1:a9:fe:a9fe::'],
    ['local NAT64 /64 of loopback', '64:ff9b:1::7f:0:100:0'],
  ])('denies %s: %s', (_, text) => {
    expect(routes()(text)).toBe('denied');
    expect(routes({ allowed: ['::/0'] })(text)).toBe('denied');
    expect(permits({ allowed: ['::/0'] })(text)).toBe(false);
  });

  it('never allows a relay port of ours through a translator', () => {
    const route = routes({ live: [50_000], allowed: ['::/0', '0.0.0.0/0'] });
    expect([route('64:ff9b::203.0.113.1', 50_000), route('2002:cb00:7101::', 50_000)]).toEqual([
      'denied',
      'denied',
    ]);
  });

  it('denies 0.0.0.0 and ::, which reach loopback, even if loopback is allowed (CVE-2020-26262)', () => {
    const route = routes({ loopback: true, allowed: ['0.0.0.0/0', '::/0'] });
    expect(['0.0.0.0', '0.1.2.3', '::'].map((text) => route(text))).toEqual(['denied', 'denied', 'denied']);
  });

  it('treats an IPv4-mapped public address as that address', () => {
    expect(routes()('::ffff:8.8.8.8')).toBe('outside');
    expect(routes({ denied: ['8.8.8.8'] })('::ffff:8.8.8.8')).toBe('denied');
  });

  it('allows allowed-peer-ip, even within denied-peer-ip', () => {
    const route = routes({ allowed: ['192.168.7.0/24', '8.8.8.8'], denied: ['8.8.0.0/16'] });
    expect(['192.168.7.9', '192.168.8.9', '8.8.8.8', '8.8.4.4'].map((text) => route(text))).toEqual([
      'outside',
      'denied',
      'outside',
      'denied',
    ]);
  });

  it('denies multicast with no-multicast-peers, whatever is allowed', () => {
    expect(routes({ allowed: ['224.0.0.0/4'] })('224.0.0.1')).toBe('outside');
    expect(routes({ allowed: ['224.0.0.0/4'], noMulticast: true })('224.0.0.1')).toBe('denied');
  });

  it('allows loopback only with allow-loopback-peers, and never our own listeners', () => {
    expect(routes({ allowed: ['127.0.0.0/8'] })('127.0.0.1')).toBe('denied');
    const route = routes({ loopback: true });
    expect([route('127.0.0.1'), route('::1'), route('127.0.0.1', 3478), route('127.9.9.9', 8080)]).toEqual([
      'outside',
      'outside',
      'denied',
      'denied',
    ]);
  });

  it('allows our relay addresses only at live relay ports, and never a listener', () => {
    const route = routes({ live: [50_000] });
    for (const text of ['203.0.113.1', '2001:db8::1', '::ffff:203.0.113.1']) {
      expect([50_000, 50_001, 3478, 0].map((port) => route(text, port))).toEqual([
        'inside',
        'denied',
        'denied',
        'denied',
      ]);
    }
    for (const text of ['10.0.0.1', '127.0.0.1']) expect(route(text, 50_000)).toBe('denied');
    const open = routes({ allowed: ['0.0.0.0/0'] });
    expect([open('203.0.113.1', 22), open('203.0.113.1', 3478), open('203.0.113.1', 0)]).toEqual([
      'outside',
      'denied',
      'denied',
    ]);
  });

  it('permits those of our own addresses that can have relay ports, whether or not they have one now', () => {
    const own = ['203.0.113.1', '2001:db8::1', '::ffff:203.0.113.1', '10.0.0.1', '127.0.0.1', '::1'];
    expect(own.map(permits())).toEqual([true, true, true, false, false, false]);
    expect(own.map(permits({ loopback: true }))).toEqual([true, true, true, false, true, true]);
    expect(own.map(permits({ allowed: ['10.0.0.0/8'] }))).toEqual([true, true, true, true, false, false]);
  });

  it('denies our own relay addresses and loopback too if they are in denied-peer-ip', () => {
    const settings = { live: [50_000], loopback: true, denied: ['203.0.113.1', '127.0.0.1'] };
    expect(routes(settings)('203.0.113.1', 50_000)).toBe('denied');
    expect(['203.0.113.1', '127.0.0.1'].map(permits(settings))).toEqual([false, false]);
  });
});

describe('peer policy in requests', () => {
  it('answers 403 to CreatePermission and ChannelBind, and installs none of the peers', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const { relayedPort } = client.allocate();
    expect(client.permit('127.0.0.1:5000').result).toBe(403);
    expect(client.bind(0x4000, '169.254.169.254:80').result).toBe(403);
    expect(client.permit('192.0.2.9:5000', '10.0.0.1:3478').result).toBe(403);
    client.send('192.0.2.9:5000', 'x');
    client.channelData(0x4000, 'x');
    expect(relay.io.at(relayedPort).take()).toEqual([]);
    expect(relay.engine.stats().denials).toMatchObject({ peer: 3, permission: 2 });
  });

  it('ignores the port in CreatePermission, and checks it in ChannelBind, Send and ChannelData (RFC 8656 §9)', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const { relayedPort } = client.allocate();
    const partner = new TestClient(relay, { port: 40_001, peerId: 'bob' });
    const partnerAt = `${RELAYED4}:${partner.allocate().relayedPort}`;
    partner.permit(`${RELAYED4}:0`);
    for (const port of [0, 22, 3478]) expect(client.permit(`${RELAYED4}:${port}`).result).toBe('success');
    for (const port of [22, 3478]) {
      expect(client.bind(0x4000, `${RELAYED4}:${port}`).result).toBe(403);
      client.send(`${RELAYED4}:${port}`, 'not a relay port');
    }
    expect(relay.io.at(relayedPort).take()).toEqual([]);
    expect(relay.engine.stats().denials.peer).toBe(4);
    client.send(partnerAt, 'a relay port');
    expect(partner.received()).toHaveLength(1);
    expect(client.permit('192.0.2.9:0').result).toBe('success');
    expect(client.permit('127.0.0.1:0').result).toBe(403);
  });

  it('drops a Send to a listener of ours even with a permission, and after one to another port', () => {
    const relay = fakeRelay({ allowLoopbackPeers: true });
    const client = new TestClient(relay);
    const { relayedPort } = client.allocate();
    expect(client.permit('127.0.0.1:5000').result).toBe('success');
    for (const round of [1, 2]) {
      client.send('127.0.0.1:3478', 'to the listener');
      expect(relay.io.at(relayedPort).take()).toEqual([]);
      client.send('127.0.0.1:5001', 'to another program');
      client.send('127.0.0.1:5001', 'to another program');
      expect(relay.io.at(relayedPort).take()).toHaveLength(2);
      expect(relay.engine.stats().denials.peer).toBe(round);
    }
  });

  it('hands packets over in memory once their port has become a relay port', () => {
    const own = { first: addressOf(RELAYED4), last: addressOf(RELAYED4) };
    const relay = fakeRelay({ allowedPeers: [own], minPort: 50_000, maxPort: 50_001 });
    const client = new TestClient(relay);
    const { relayedPort } = client.allocate();
    const other = relayedPort === 50_000 ? 50_001 : 50_000;
    client.permit(`${RELAYED4}:${other}`);
    client.send(`${RELAYED4}:${other}`, 'to another program');
    expect(relay.io.at(relayedPort).take()).toHaveLength(1);
    const bob = new TestClient(relay, { port: 40_001, peerId: 'bob' });
    expect(bob.allocate().relayedPort).toBe(other);
    bob.permit(`${RELAYED4}:${relayedPort}`);
    client.send(`${RELAYED4}:${other}`, 'to bob');
    expect(relay.io.at(relayedPort).take()).toEqual([]);
    expect(bob.received()).toHaveLength(1);
  });
});
