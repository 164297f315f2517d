import { describe, expect, it } from 'vitest';
import { checkConfig, readConfig } from '../../src/config/config.ts';

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

describe('the settings of HTTPS', () => {
  it('are not needed', () => {
    expect(readConfig({ HTTP_PORT: '8080', ACME_DIRECTORY: 'https://ca.example.org/' })).toEqual(
      readConfig({}),
    );
    expect(readConfig({}).tls).toBeUndefined();
  });

  it('make a server of DOMAIN that is where browsers look', () => {
    expect(readConfig({ DOMAIN: 'calls.example.org' })).toMatchObject({
      port: 443,
      publicUrl: 'https://calls.example.org',
      tls: {
        source: { kind: 'acme', domain: 'calls.example.org', directory: LETS_ENCRYPT },
        name: 'calls.example.org',
        httpPort: 80,
        isHttpsOnly: true,
      },
    });
  });

  it('may say otherwise', () => {
    const given = {
      DOMAIN: 'calls.example.org',
      PORT: '8443',
      HTTP_PORT: '0',
      PUBLIC_URL: 'https://calls.example.org:8443',
    };
    expect(readConfig({ ...given, ACME_DIRECTORY: 'https://ca.example.org/dir' })).toMatchObject({
      port: 8443,
      publicUrl: 'https://calls.example.org:8443',
      tls: { source: { directory: 'https://ca.example.org/dir' }, httpPort: 0 },
    });
  });

  it('take files, for any name, the name of PUBLIC_URL, or DOMAIN', () => {
    const files = { TLS_CERT: '/x/cert.pem', TLS_KEY: '/x/key.pem' };
    const source = { kind: 'files', cert: '/x/cert.pem', key: '/x/key.pem' };
    expect(readConfig(files)).toMatchObject({
      port: 3001,
      publicUrl: undefined,
      tls: { source, name: undefined, httpPort: undefined, isHttpsOnly: false },
    });
    expect(readConfig({ ...files, PUBLIC_URL: 'https://calls.example.org' }).tls?.name).toBe(
      'calls.example.org',
    );
    expect(readConfig({ ...files, PUBLIC_URL: 'https://192.0.2.1:8443' }).tls?.name).toBeUndefined();
    expect(readConfig({ ...files, HTTP_PORT: '8080' }).tls?.httpPort).toBe(8080);
    expect(readConfig({ ...files, DOMAIN: 'calls.example.org' })).toMatchObject({
      port: 443,
      tls: { source, name: 'calls.example.org', httpPort: 80, isHttpsOnly: true },
    });
  });

  it.each([
    ['Calls.Example.ORG.', 'calls.example.org'],
    ['пример.example.org', 'xn--e1afmkfd.example.org'],
    ['localhost', 'localhost'],
  ])('take %s for %s', (given, name) => {
    expect(readConfig({ DOMAIN: given }).tls?.name).toBe(name);
  });

  it.each([
    '192.0.2.1',
    '[2001:db8::1]',
    'https://calls.example.org',
    'calls.example.org:443',
    '*.example.org',
    'a b',
    '-',
    'a..b',
  ])('do not take %s for a host name', (name) => {
    expect(() => readConfig({ DOMAIN: name })).toThrow(
      `DOMAIN is "${name}": expected a host name that leads to this machine, such as calls.example.org`,
    );
  });

  it.each<[Record<string, string>, string, string]>([
    [
      { PUBLIC_URL: 'https://www.example.org' },
      'PUBLIC_URL',
      'PUBLIC_URL is "https://www.example.org", but DOMAIN is "calls.example.org": expected https://calls.example.org',
    ],
    [{ PUBLIC_URL: 'http://calls.example.org' }, 'PUBLIC_URL', 'expected https://calls.example.org'],
    [{ PORT: '80' }, 'HTTP_PORT', 'HTTP_PORT and PORT are both 80: expected different ports'],
    [{ TLS_CERT: '/x' }, 'TLS_KEY', 'TLS_CERT is set without TLS_KEY: expected both or none'],
    [{ TLS_KEY: '/x' }, 'TLS_CERT', 'TLS_KEY is set without TLS_CERT: expected both or none'],
    [
      { ACME_DIRECTORY: 'http://ca.example.org/' },
      'ACME_DIRECTORY',
      `expected an https URL, such as ${LETS_ENCRYPT}`,
    ],
    [{ HTTP_PORT: 'http' }, 'HTTP_PORT', 'HTTP_PORT is "http": expected a whole number'],
  ])('refuse %j', (given, at, message) => {
    const { faults } = checkConfig({ DOMAIN: 'calls.example.org', ...given });
    expect(faults).toEqual([{ at, message: expect.stringContaining(message) }]);
  });
});
