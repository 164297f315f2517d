import { describe, expect, it } from 'vitest';
import { type Environment, readConfig } from '../../src/config/config.ts';
import { StartError } from '../../src/domain/errors.ts';

const SECRET = 'a secret that is longer than 32 bytes, and not shown';

/** Files by path; any other path fails as Node does. */
const FILES = new Map([
  ['/run/secrets/jwt', `${SECRET}\n`],
  ['/run/secrets/windows', `${SECRET}\r\n`],
  ['/run/secrets/two-newlines', `${SECRET}\n\n`],
  ['/run/secrets/bare', SECRET],
  ['/run/secrets/short', 'too short\n'],
  ['/run/secrets/empty', '\n'],
]);

function read(environment: Environment) {
  return readConfig(environment, (path) => {
    const content = FILES.get(path);
    if (content !== undefined) return content;
    throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
  });
}

describe('a secret from a file', () => {
  it.each(['jwt', 'windows', 'bare'])('is read without one newline at its end: %s', (name) => {
    expect(read({ JWT_SECRET_FILE: `/run/secrets/${name}` }).jwtSecret).toBe(SECRET);
  });

  it('keeps a second newline', () => {
    expect(read({ JWT_SECRET_FILE: '/run/secrets/two-newlines' }).jwtSecret).toBe(`${SECRET}\n`);
  });

  it('can be any of the secrets', () => {
    const config = read({
      METRICS_TOKEN_FILE: '/run/secrets/bare',
      OIDC_ISSUER: 'https://id.example.org',
      OIDC_CLIENT_ID: 'parley',
      OIDC_CLIENT_SECRET_FILE: '/run/secrets/short',
    });
    expect(config.metricsToken).toBe(SECRET);
    expect(config.oidc?.clientSecret).toBe('too short');
  });

  it('is not looked for if its variable is empty', () => {
    expect(read({ JWT_SECRET_FILE: '', JWT_SECRET: SECRET }).jwtSecret).toBe(SECRET);
    expect(read({ JWT_SECRET: '', JWT_SECRET_FILE: '/run/secrets/jwt' }).jwtSecret).toBe(SECRET);
  });

  it.each([
    [
      { JWT_SECRET: SECRET, JWT_SECRET_FILE: '/run/secrets/jwt' },
      'JWT_SECRET and JWT_SECRET_FILE are both set: expected one of them',
    ],
    [
      { JWT_SECRET_FILE: '/run/secrets/short' },
      'JWT_SECRET_FILE is not valid: expected at least 32 bytes; make one with `openssl rand -base64 32`',
    ],
    [
      { METRICS_TOKEN_FILE: '/run/secrets/short' },
      'METRICS_TOKEN_FILE is not valid: expected at least 16 characters',
    ],
    [
      {
        OIDC_ISSUER: 'https://id.example.org',
        OIDC_CLIENT_ID: 'parley',
        OIDC_CLIENT_SECRET_FILE: '/run/secrets/empty',
      },
      'OIDC_CLIENT_SECRET_FILE names an empty file',
    ],
    [
      { JWT_SECRET_FILE: '/run/secrets/none' },
      "JWT_SECRET_FILE names a file that can't be read (ENOENT): expected its path",
    ],
  ] as const)('refuses the start by name alone: %j', (environment, message) => {
    expect(() => read(environment)).toThrow(StartError);
    expect(() => read(environment)).toThrow(new StartError(message));
  });

  it('is not shown if it was put into the variable for its path', () => {
    expect(() => read({ JWT_SECRET_FILE: SECRET })).not.toThrow(SECRET);
    expect(() => read({ JWT_SECRET_FILE: SECRET })).toThrow('JWT_SECRET_FILE');
  });

  it('names every file that it cannot use at once', () => {
    const both = { JWT_SECRET_FILE: '/nowhere', METRICS_TOKEN_FILE: '/run/secrets/empty' };
    expect(() => read(both)).toThrow(/^JWT_SECRET_FILE .*\nMETRICS_TOKEN_FILE .*$/);
  });
});
