import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { StartError } from '../../src/domain/errors.ts';
import { LIMIT_DEFAULTS } from '../../src/protocol/limits.ts';

const SECRET = 'a secret that is longer than 32 bytes, and not shown';

describe('readConfig', () => {
  it('starts a server with no settings at all', () => {
    expect(readConfig({})).toEqual({
      host: '0.0.0.0',
      port: 3001,
      publicUrl: undefined,
      databasePath: './data/parley.db',
      jwtSecret: undefined,
      jwtIssuer: 'parley',
      jwtAudience: 'parley',
      trustedIssuer: undefined,
      oidc: undefined,
      roomCreation: 'everyone',
      chatDurability: 'crash',
      corsOrigins: [],
      embedOrigins: [],
      trustedProxies: [],
      registration: 'open',
      guests: true,
      directCalls: 'users',
      turn: { enabled: true, configPath: './turnserver.conf', urls: [] },
      backups: { everyMs: undefined, keep: 7, folder: 'data/backups' },
      metricsToken: undefined,
      logLevel: 'info',
      limits: LIMIT_DEFAULTS,
    });
  });

  it('reads every variable that is set', () => {
    expect(
      readConfig({
        PORT: '0',
        PUBLIC_URL: 'https://call.example.org/',
        JWT_SECRET: SECRET,
        TRUSTED_JWKS_URL: 'https://id.example.org/jwks.json',
        TRUSTED_ISSUER: 'https://id.example.org',
        TRUSTED_AUDIENCE: 'calls',
        OIDC_ISSUER: 'https://id.example.org/realms/school',
        OIDC_CLIENT_ID: 'parley',
        OIDC_CLIENT_SECRET: 'secret',
        OIDC_NAME: 'School',
        OIDC_ADMIN_CLAIM: 'groups:parley:admins',
        ROOM_CREATION: 'users',
        CORS_ORIGINS: 'https://example.org, http://localhost:5173',
        EMBED_ORIGINS: 'https://*.example.org,http://127.0.0.1:8080',
        TRUSTED_PROXIES: '10.0.0.0/8,::1',
        REGISTRATION: 'invite',
        GUESTS: 'off',
        DIRECT_CALLS: 'off',
        TURN: 'off',
        TURN_URLS: 'turn:turn.example.org:3478?transport=udp,stun:stun.example.org',
        BACKUP_EVERY: '90m',
        BACKUP_KEEP: '3',
        BACKUP_FOLDER: '/srv/backups',
        HEARTBEAT_MS: '5000',
      }),
    ).toMatchObject({
      port: 0,
      publicUrl: 'https://call.example.org',
      jwtSecret: SECRET,
      trustedIssuer: {
        jwksUrl: 'https://id.example.org/jwks.json',
        issuer: 'https://id.example.org',
        audience: 'calls',
      },
      registration: 'invite',
      guests: false,
      oidc: {
        issuer: 'https://id.example.org/realms/school',
        clientId: 'parley',
        clientSecret: 'secret',
        name: 'School',
        adminClaim: { name: 'groups', value: 'parley:admins' },
      },
      roomCreation: 'users',
      corsOrigins: ['https://example.org', 'http://localhost:5173'],
      embedOrigins: ['https://*.example.org', 'http://127.0.0.1:8080'],
      trustedProxies: [
        { address: '10.0.0.0', prefix: 8 },
        { address: '0:0:0:0:0:0:0:1', prefix: 128 },
      ],
      directCalls: 'off',
      turn: {
        enabled: false,
        urls: ['turn:turn.example.org:3478?transport=udp', 'stun:stun.example.org'],
      },
      backups: { everyMs: 5_400_000, keep: 3, folder: '/srv/backups' },
      limits: { ...LIMIT_DEFAULTS, heartbeatMs: 5000 },
    });
  });

  it('treats an empty variable as not set', () => {
    expect(readConfig({ PORT: '', JWT_SECRET: '', PUBLIC_URL: '', LOG_LEVEL: '' })).toEqual(readConfig({}));
  });

  it.each([
    ['PORT', 'http', 'PORT is "http": expected a whole number from 0 to 65535'],
    ['PORT', '65536', 'PORT is "65536": expected a whole number from 0 to 65535'],
    ['PORT', '-1', 'PORT is "-1"'],
    ['PORT', '3001.5', 'PORT is "3001.5"'],
    ['MESSAGE_BYTES', '9'.repeat(400), 'MESSAGE_BYTES is "999'],
    ['PUBLIC_URL', 'call.example.org', 'expected an http or https URL, such as https://call.example.org'],
    [
      'PUBLIC_URL',
      'https://example.org/parley',
      'expected a URL without a path, such as https://call.example.org',
    ],
    ['PUBLIC_URL', 'https://example.org//x', 'expected a URL without a path'],
    ['PUBLIC_URL', 'https://example.org?x=1', 'expected a URL without a path'],
    ['PUBLIC_URL', 'https://example.org/#x', 'expected a URL without a path'],
    ['PUBLIC_URL', 'https://me:secret@example.org', 'expected a URL without a path'],
    ['CORS_ORIGINS', 'null,capacitor://localhost/x', 'expected comma-separated origins'],
    ['PUBLIC_URL', 'javascript:alert(1)', 'PUBLIC_URL is "javascript:alert(1)"'],
    ['TURN', 'yes', 'TURN is "yes": expected on or off'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL is "loud": expected one of debug, info, warn, error, silent'],
    ['CORS_ORIGINS', 'https://example.org/path', 'expected comma-separated origins'],
    ['EMBED_ORIGINS', '*', 'EMBED_ORIGINS is "*": expected comma-separated origins'],
    ['EMBED_ORIGINS', "https://example.org/; script-src 'unsafe-inline'", 'expected comma-separated origins'],
    [
      'TRUSTED_PROXIES',
      '10.0.0.0/8,proxy',
      'TRUSTED_PROXIES is "10.0.0.0/8,proxy": expected comma-separated addresses',
    ],
    ['TURN_URLS', 'https://turn.example.org', 'expected comma-separated STUN and TURN URLs'],
    ['TRUSTED_ISSUER', 'https://id.example.org', 'expected all three or none'],
    ['OIDC_ISSUER', 'https://id.example.org', 'OIDC_CLIENT_SECRET: expected all three or none'],
    ['OIDC_CLIENT_SECRET', 'secret', 'OIDC_CLIENT_SECRET: expected all three or none'],
    ['OIDC_ISSUER', 'http://id.example.org', 'expected an https URL, such as https://id.example.org'],
    ['OIDC_ISSUER', 'http://localhost.example.org', '(http only on localhost)'],
    ['OIDC_ISSUER', 'https://id.example.org?x=1', 'a URL without query and fragment'],
    ['OIDC_ISSUER', 'id.example.org', 'expected an http or https URL'],
    ['OIDC_NAME', 'x'.repeat(65), 'must be at most 64 characters'],
    ['OIDC_ADMIN_CLAIM', 'groups', 'expected a claim and its value, such as groups:parley-admins'],
    ['OIDC_ADMIN_CLAIM', ':admins', 'expected a claim and its value'],
    [
      'BACKUP_EVERY',
      '0s',
      'BACKUP_EVERY is "0s": expected a number with s, m, h or d, such as 30m, 12h or 1d',
    ],
    ['BACKUP_EVERY', 'daily', 'expected a number with s, m, h or d'],
    ['BACKUP_KEEP', '0', 'BACKUP_KEEP is "0": expected a whole number from 1 to 100000'],
    ['ROOM_CREATION', 'nobody', 'ROOM_CREATION is "nobody": expected everyone, users or services'],
  ])('refuses %s=%s by name, value and expectation', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(StartError);
    expect(() => readConfig({ [name]: value })).toThrow(message);
  });

  it('[TK2] refuses a secret under 32 bytes without showing it', () => {
    const short = 'only-31-bytes-long-and-no-more!';
    expect(() => readConfig({ JWT_SECRET: short })).toThrow(
      'JWT_SECRET is not valid: expected at least 32 bytes; make one with `openssl rand -base64 32`',
    );
    expect(() => readConfig({ JWT_SECRET: short })).not.toThrow(short);
    expect(readConfig({ JWT_SECRET: `${short}!` }).jwtSecret).toHaveLength(32);
    expect(readConfig({ JWT_SECRET: 'ö'.repeat(16) }).jwtSecret).toHaveLength(16);
  });

  it.each([
    'http://localhost:8080/realms/x',
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'https://id.example.org/',
  ])('takes the issuer %s, and calls the provider by its host', (issuer) => {
    const environment = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'parley', OIDC_CLIENT_SECRET: 'secret' };
    expect(readConfig(environment).oidc).toMatchObject({ issuer, name: new URL(issuer).host });
  });

  it('names every wrong variable at once', () => {
    expect(() => readConfig({ PORT: 'x', TURN: 'x' })).toThrow(/^PORT is "x".*\nTURN is "x".*$/);
  });

  it('is deeply frozen', () => {
    const config = readConfig({ TRUSTED_PROXIES: '10.0.0.1' });
    const parts = [config, config.limits, config.turn, config.turn.urls, config.trustedProxies[0]];
    expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([]);
  });
});

describe('SETTINGS', () => {
  it('names each variable once, with its meaning and the default that readConfig takes', () => {
    expect(new Set(SETTINGS.map(({ name }) => name)).size).toBe(SETTINGS.length);
    expect(SETTINGS.filter(({ meaning }) => meaning === '')).toEqual([]);
    expect(SETTINGS.find(({ name }) => name === 'KEPT_BYTES')).toEqual({
      name: 'KEPT_BYTES',
      unit: 'bytes',
      standard: '262144',
      meaning: 'max size of all messages kept for a session until acknowledged',
    });
    expect(readConfig(Object.fromEntries(SETTINGS.map(({ name, standard }) => [name, standard])))).toEqual(
      readConfig({}),
    );
  });
});
