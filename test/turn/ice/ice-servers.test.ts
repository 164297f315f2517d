import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeCredentials } from '../../../src/turn/ice/credentials.ts';
import { createIceServers, type IceSource } from '../../../src/turn/ice/ice-servers.ts';
import { urlHost } from '../../../src/turn/ice/url-host.ts';
import type { RelayEndpoint } from '../../../src/turn/thread/relay-status.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const RELAY: RelayEndpoint = {
  port: 3478,
  tlsPort: undefined,
  udp: true,
  tcp: true,
  externalAddress: undefined,
  ownAddress: '10.0.0.7',
};

function grant(source: IceSource, host?: string) {
  return createIceServers({ source, secret: 's', clock: new FakeClock(START + 999), lifetimeSeconds: 60 })(
    'peer',
    host,
  );
}

function urls(relay: Partial<RelayEndpoint>, publicUrl: string | undefined, host?: string): string[] {
  const { iceServers } = grant({ kind: 'embedded', relay: { ...RELAY, ...relay }, publicUrl }, host);
  return iceServers.flatMap((server) => server.urls);
}

describe('makeCredentials', () => {
  it('follows the TURN REST convention: expiry:name and its HMAC-SHA1 in base64', () => {
    const made = makeCredentials('s', 1_767_225_660.7, 'peer');
    expect(made.username).toBe('1767225660:peer');
    expect(made.credential).toBe(createHmac('sha1', 's').update('1767225660:peer').digest('base64'));
  });
});

describe('createIceServers', () => {
  it('hands out STUN without and TURN with credentials of that session, until a known time', () => {
    const { iceServers, expiresAt } = grant(
      { kind: 'embedded', relay: RELAY, publicUrl: undefined },
      'example.org',
    );
    expect(expiresAt).toBe(START + 60_000);
    expect(iceServers).toEqual([
      { urls: ['stun:example.org:3478'] },
      {
        urls: ['turn:example.org:3478?transport=udp', 'turn:example.org:3478?transport=tcp'],
        ...makeCredentials('s', START / 1000 + 60, 'peer'),
      },
    ]);
  });

  it('never expires if nothing needs credentials', () => {
    const noTurn = { iceServers: [{ urls: ['stun:a.example'] }], expiresAt: Number.POSITIVE_INFINITY };
    expect(grant({ kind: 'urls', urls: ['stun:a.example'] })).toEqual(noTurn);
    expect(grant({ kind: 'urls', urls: [] })).toEqual({ ...noTurn, iceServers: [] });
  });

  it('offers TLS if there is a certificate, and omits disabled transports', () => {
    expect(urls({ tlsPort: 5349 }, undefined, 'example.org')).toContain(
      'turns:example.org:5349?transport=tcp',
    );
    expect(urls({ udp: false }, undefined, 'example.org')).toEqual(['turn:example.org:3478?transport=tcp']);
    expect(urls({ tcp: false }, undefined, 'example.org')).toEqual([
      'stun:example.org:3478',
      'turn:example.org:3478?transport=udp',
    ]);
  });

  it('prefers the host of PUBLIC_URL to the one in the request', () => {
    expect(urls({}, 'https://call.example.org:8443', 'proxy.internal')[0]).toBe('stun:call.example.org:3478');
  });

  it('prefers external-ip, except for TLS, whose certificate is for a name', () => {
    const found = urls({ externalAddress: '203.0.113.7', tlsPort: 5349 }, 'https://call.example.org');
    expect(found[0]).toBe('stun:203.0.113.7:3478');
    expect(found.at(-1)).toBe('turns:call.example.org:5349?transport=tcp');
  });

  it('passes TURN_URLS on with credentials of the shared secret, or only STUN without a name', () => {
    const { iceServers } = grant({ kind: 'urls', urls: ['stun:a', 'turn:b?transport=udp', 'turns:c'] });
    expect(iceServers).toEqual([
      { urls: ['stun:a'] },
      { urls: ['turn:b?transport=udp', 'turns:c'], ...makeCredentials('s', START / 1000 + 60, 'peer') },
    ]);
    expect(grant({ kind: 'urls', urls: ['stun:a'] }).iceServers).toEqual([{ urls: ['stun:a'] }]);
    expect(grant({ kind: 'urls', urls: [] }).iceServers).toEqual([]);
  });
});

describe('urlHost', () => {
  it.each([
    ['call.example.org', 'call.example.org'],
    ['call.example.org:3001', 'call.example.org'],
    ['192.168.1.5:3001', '192.168.1.5'],
    ['[2001:db8::1]:3001', '[2001:db8::1]'],
    ['2001:db8::1', '[2001:db8::1]'],
    // The client's own loopback: this machine's address leads to the same place.
    ['localhost:3001', '10.0.0.7'],
    ['app.localhost', '10.0.0.7'],
    ['127.0.0.1:3001', '10.0.0.7'],
    ['[::1]:3001', '10.0.0.7'],
    // Unknown or malformed hosts.
    [undefined, '10.0.0.7'],
    ['', '10.0.0.7'],
    ['a b', '10.0.0.7'],
    ['evil?transport=udp', '10.0.0.7'],
    ['user@host', '10.0.0.7'],
    ['[not-an-address]', '10.0.0.7'],
    ['x'.repeat(300), '10.0.0.7'],
  ])('turns %s into the host %s', (reached, host) => {
    expect(urlHost(reached, '10.0.0.7')).toBe(host);
  });

  it('puts an IPv6 address of this machine into brackets', () => {
    expect(urlHost(undefined, '2001:db8::7')).toBe('[2001:db8::7]');
  });
});
