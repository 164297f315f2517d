import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StartError } from '../../../src/domain/errors.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { RELAY_CONF_DEFAULTS, type RelayConf } from '../../../src/turn/conf/relay-conf.ts';
import { parseTurnserverConf, readTurnserverConf } from '../../../src/turn/conf/turnserver-conf.ts';

const parse = (text: string) => parseTurnserverConf(text, 'turnserver.conf');
const conf = (text: string): RelayConf => parse(text).conf;

describe('parseTurnserverConf', () => {
  it('has the defaults of the code for an empty file', () => {
    expect(parse('')).toEqual({ conf: RELAY_CONF_DEFAULTS, warnings: [] });
  });

  it('reads every key that has an effect', () => {
    const all = conf(`
      listening-port=3479
      tls-listening-port=5350
      listening-ip=10.0.0.7
      listening-ip=2001:db8::7
      relay-ip=10.0.0.8
      external-ip=203.0.113.7/10.0.0.8
      min-port=50000
      max-port=50100
      realm=example.org
      use-auth-secret
      static-auth-secret=one
      static-auth-secret=two
      lt-cred-mech
      user=ann:secret:with:colons
      user=bob:0x0123456789abcdef0123456789ABCDEF
      user-quota=10
      total-quota=100
      max-bps=64000
      bps-capacity=1000000
      denied-peer-ip=198.51.100.0-198.51.100.255
      allowed-peer-ip=10.0.0.20
      allow-loopback-peers
      no-multicast-peers
      no-udp
      no-tcp
      no-tls
      cert=/a/cert.pem
      pkey=/a/key.pem
      stale-nonce=700
      max-allocate-lifetime=1800
      channel-lifetime=500
      permission-lifetime=200
      fingerprint
      verbose`);
    expect(all).toMatchObject({
      listeningPort: 3479,
      tlsListeningPort: 5350,
      listeningIps: ['10.0.0.7', '2001:db8::7'],
      relayIps: ['10.0.0.8'],
      externalIps: [{ publicAddress: '203.0.113.7', privateAddress: '10.0.0.8' }],
      minPort: 50_000,
      maxPort: 50_100,
      realm: 'example.org',
      useAuthSecret: true,
      staticAuthSecrets: ['one', 'two'],
      ltCredMech: true,
      userQuota: 10,
      totalQuota: 100,
      maxBps: 64_000,
      bpsCapacity: 1_000_000,
      allowLoopbackPeers: true,
      noMulticastPeers: true,
      udp: false,
      tcp: false,
      tls: false,
      cert: '/a/cert.pem',
      pkey: '/a/key.pem',
      staleNonce: 700,
      maxAllocateLifetime: 1800,
      channelLifetime: 500,
      permissionLifetime: 200,
      fingerprint: true,
      verbose: true,
    });
    expect(all.users.get('ann')).toEqual({ kind: 'password', password: 'secret:with:colons' });
    const key = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
    expect(all.users.get('bob')).toEqual({ kind: 'key', key });
    expect(all.deniedPeers.map(({ first, last }) => `${first.text} ${last.text}`)).toEqual([
      '198.51.100.0 198.51.100.255',
    ]);
    expect(all.allowedPeers.map(({ first }) => first.text)).toEqual(['10.0.0.20']);
  });

  it('splits key and value as coturn does: at spaces, tabs or =, without one pair of quotes', () => {
    expect(conf('realm = one').realm).toBe('one');
    expect(conf('\trealm two  ').realm).toBe('two');
    expect(conf('realm="three"\r\n').realm).toBe('three');
    expect(conf('static-auth-secret=a=b c').staticAuthSecrets).toEqual(['a=b c']);
  });

  it("uses the last of several values of a key that isn't a list", () => {
    expect(conf('realm=one\nrealm=two').realm).toBe('two');
  });

  it('ignores comments, blank lines and keys without effect', () => {
    const text =
      '# realm=x\n\n   # y\nno-cli\nno-dtls\nno-tcp-relay\npidfile=/x\nsimple-log\nproc-user=u\nlog-file=/y';
    expect(parse(text)).toEqual({ conf: RELAY_CONF_DEFAULTS, warnings: [] });
  });

  it('reads yes and no in all of coturn’s spellings', () => {
    for (const word of ['', '=1', '=on', '=yes', '=TRUE']) expect(conf(`no-udp${word}`).udp).toBe(false);
    for (const word of ['=0', '=off', '=no', '=false']) expect(conf(`no-udp${word}`).udp).toBe(true);
  });

  it.each([
    ['t', true],
    ['T', true],
    ['y', true],
    ['Yes', true],
    ['9', true],
    ['ON', true],
    ['f', false],
    ['F', false],
    ['n', false],
    ['nope', false],
    ['Off', false],
    ['00', false],
    ['true # as we want it', true],
    ['0;', false],
  ])('reads %s as yes or no by its first letter, as coturn does', (word, expected) => {
    for (const divider of ['=', ' ', '\t', ' = ']) {
      expect(conf(`fingerprint${divider}${word}`).fingerprint).toBe(expected);
    }
  });

  it('accepts realms as long as RFC 8489 allows', () => {
    for (const realm of ['turn.conference.example.org', 'r'.repeat(127), '電'.repeat(127)]) {
      expect(conf(`realm=${realm}`).realm).toBe(realm);
    }
    expect(parse('realm=turn.conference.example.org').warnings).toEqual([]);
    expect(parse(`realm=${'電'.repeat(127)}`).warnings[0]?.message).toMatch(
      /^realm: coturn uses only its first 127 bytes/,
    );
  });

  it('knows what 0 and an empty value mean for lifetimes', () => {
    expect(conf('stale-nonce=0').staleNonce).toBe(0);
    expect(conf('stale-nonce').staleNonce).toBe(600);
    expect(conf('stale-nonce 30').staleNonce).toBe(30);
    expect(conf('max-allocate-lifetime=86400').maxAllocateLifetime).toBe(86_400);
    expect(conf('max-allocate-lifetime=0').maxAllocateLifetime).toBe(3_600);
    expect(conf('max-allocate-lifetime').maxAllocateLifetime).toBe(3_600);
    expect(conf('channel-lifetime\npermission-lifetime')).toMatchObject(RELAY_CONF_DEFAULTS);
  });

  it('allows comments after values, and warns if coturn reads them as part of the value', () => {
    const { conf: read, warnings } = parse(
      [
        'user-quota=12 # 4 streams for each call',
        'no-tcp\t# UDP alone',
        'min-port=50000;',
        'external-ip=203.0.113.7/10.0.0.7  # the router',
        'realm="example.org" # ours',
        'static-auth-secret=north # pole',
        'stale-nonce #',
      ].join('\n'),
    );
    expect(read).toMatchObject({
      userQuota: 12,
      tcp: false,
      minPort: 50_000,
      externalIps: [{ publicAddress: '203.0.113.7', privateAddress: '10.0.0.7' }],
      realm: 'example.org',
      staticAuthSecrets: ['north # pole'],
      staleNonce: 600,
    });
    expect(warnings.map(({ line }) => line)).toEqual([4, 5, 6]);
    expect(warnings[2]?.message).not.toContain('north');
  });

  it("removes double quotes, even one that isn't closed, and keeps what is between them", () => {
    expect(conf('realm="a # b"').realm).toBe('a # b');
    expect(conf('realm="open').realm).toBe('open');
    expect(conf('static-auth-secret="a "b" "').staticAuthSecrets).toEqual(['a "b" ']);
    expect(parse('realm="a # b"').warnings).toEqual([]);
  });

  it('accepts host names for the keys for which coturn looks them up', () => {
    expect(
      conf(
        'external-ip=turn.example.org/relay-1.internal\nlistening-ip=localhost\nrelay-ip=coturn\nlistening-ip=',
      ),
    ).toMatchObject({
      externalIps: [{ publicAddress: 'turn.example.org', privateAddress: 'relay-1.internal' }],
      listeningIps: ['localhost', '0.0.0.0'],
      relayIps: ['coturn'],
    });
    for (const typo of ['203.0.113.256', '203.0.113', '10.0.0.1:3478', 'a b', '-a.example', 'wlan0']) {
      expect(() => conf(`listening-ip=${typo}`)).toThrow(StartError);
    }
  });

  it('warns about differences from coturn', () => {
    const warning = (line: string) => parse(line).warnings[0]?.message;
    expect(warning('use-auth-secret=no')).toMatch(/coturn turns it on/);
    expect(warning('denied-peer-ip=10.0.0.0/8')).toMatch(/coturn doesn't read prefixes/);
    expect(warning('no-auth')).toMatch(/always requires credentials/);
    expect(warning('listening-device=eth0')).toMatch(/listening-ip/);
    expect(warning('use-auth-secret')).toBeUndefined();
  });

  it('warns about an unknown key with its line and continues', () => {
    const { conf: read, warnings } = parse('realm=x\nmobility\nrealm=y\n__proto__=1');
    expect(read.realm).toBe('y');
    expect(warnings).toEqual([
      { line: 2, message: 'unknown setting mobility: ignored' },
      { line: 4, message: 'unknown setting __proto__: ignored' },
    ]);
  });

  it.each([
    ['listening-port=0', 'listening-port is "0": expected a whole number from 1 to 65535'],
    ['listening-port=3478x', 'listening-port is "3478x": expected a whole number from 1 to 65535'],
    ['max-port', 'max-port is "": expected a whole number from 1 to 65535'],
    ['user-quota=-1', 'user-quota is "-1": expected a whole number from 0 to 1000000'],
    [
      'listening-ip=eth0',
      'listening-ip is "eth0": expected an IP address, such as 203.0.113.7 or 2001:db8::7',
    ],
    [
      'external-ip=203.0.113.7/',
      'external-ip is "203.0.113.7/": expected public or public/private, such as 203.0.113.7/10.0.0.7',
    ],
    [
      'external-ip=203.0.113.7/::1',
      'external-ip is "203.0.113.7/::1": expected public or public/private, such as 203.0.113.7/10.0.0.7',
    ],
    [
      'denied-peer-ip=10.0.0.9-10.0.0.1',
      'denied-peer-ip is "10.0.0.9-10.0.0.1": expected an address or a range, such as 10.0.0.0-10.255.255.255',
    ],
    ['no-udp=maybe', 'no-udp is "maybe": expected nothing, or one of on, yes, true, 1, off, no, false, 0'],
    [
      `realm=${'r'.repeat(128)}`,
      `realm is "${'r'.repeat(128)}": expected 1 to 127 characters without quotes (RFC 8489 §14.9)`,
    ],
    ['stale-nonce=-1', 'stale-nonce is "-1": expected a whole number from 0 to 2147483647'],
    ['channel-lifetime=0', 'channel-lifetime is "0": expected a whole number from 1 to 2147483647'],
    [
      'max-allocate-lifetime=1h',
      'max-allocate-lifetime is "1h": expected a whole number from 0 to 2147483647',
    ],
    ['cert=', 'cert is "": expected the path of a PEM file'],
    ['static-auth-secret=', 'static-auth-secret is invalid: expected a secret'],
    ['user=ann', 'user is invalid: expected name:password, or name:0x<key in hex>'],
    ['user=ann:0x1234', 'user is invalid: expected a key of 32 hex digits: MD5(name:realm:password)'],
  ])('refuses %s with file, line and what was expected', (line, message) => {
    const read = () => parse(`# first\n${line}\n`);
    expect(read).toThrow(StartError);
    expect(read).toThrow(`turnserver.conf:2: ${message}`);
  });

  it('refuses min-port above max-port and a certificate without a key', () => {
    expect(() => parse('min-port=60000\nmax-port=50000')).toThrow(
      'turnserver.conf:2: min-port 60000 is above max-port 50000: expected min-port first',
    );
    expect(() => parse('cert=/a')).toThrow('turnserver.conf:1: cert without pkey: expected both');
    expect(() => parse('pkey=/a')).toThrow('turnserver.conf:1: pkey without cert: expected both');
  });

  it('never shows a secret in a message', () => {
    expect(() => parse('user=hunter2')).toThrow(/^(?!.*hunter2)/);
  });

  it("reads this project's own file as the defaults, with nothing unknown", () => {
    const text = readFileSync(new URL('../../../turnserver.conf', import.meta.url), 'utf8');
    expect(parse(text)).toEqual({ conf: { ...RELAY_CONF_DEFAULTS, noMulticastPeers: true }, warnings: [] });
  });
});

describe('readTurnserverConf', () => {
  it('uses the defaults if there is no file', () => {
    expect(readTurnserverConf('/nowhere/turnserver.conf', silentLog)).toEqual(RELAY_CONF_DEFAULTS);
  });

  it("refuses to start if the file can't be read", () => {
    expect(() => readTurnserverConf('/', silentLog)).toThrow(/^\/ can't be read: EISDIR/);
  });
});
