import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkSettings } from '../src/check-settings.ts';
import type { Environment } from '../src/config/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const confFile = join(folder, 'turnserver.conf');

function check(environment: Environment, conf = '') {
  writeFileSync(confFile, conf);
  return checkSettings({ TURN_CONFIG: confFile, ...environment }, (path) => readFileSync(path, 'utf8'));
}
const messages = (environment: Environment, conf?: string) =>
  check(environment, conf).faults.map(({ message }) => message.replace(`${folder}/`, ''));

describe('the settings', () => {
  it('are valid if nothing is set', () => {
    expect(check({})).toMatchObject({ faults: [], warnings: [], config: { port: 3001 } });
  });

  it('are named with all faults at once: variables, groups of them, files of secrets, lines', () => {
    const environment = {
      PORT: 'http',
      PUBLIC_URL: 'calls.example.org',
      JWT_SECRET_FILE: join(folder, 'nowhere'),
      OIDC_ISSUER: 'https://id.example.org',
      WEBHOOK_URLS: 'https://backend.example.org/hooks',
    };
    expect(messages(environment, 'min-port=many\nrealm=here\nlistening-port=0x1\n')).toEqual([
      "JWT_SECRET_FILE names a file that can't be read (ENOENT): expected its path",
      expect.stringMatching(/^PORT is "http": expected /),
      expect.stringMatching(/^PUBLIC_URL is "calls\.example\.org": expected /),
      'OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET: expected all three or none',
      'WEBHOOK_URLS is set without WEBHOOK_SECRET: expected both or none',
      expect.stringMatching(/^turnserver\.conf:1: min-port is "many": expected /),
      expect.stringMatching(/^turnserver\.conf:3: listening-port is "0x1": expected /),
    ]);
  });

  it('name the place of a fault for programs', () => {
    const { faults } = check({ PORT: 'x', OIDC_ISSUER: 'https://id.example.org' }, '\nmin-port=x');
    expect(faults.map(({ at }) => at)).toEqual([
      'PORT',
      'OIDC_CLIENT_ID, OIDC_CLIENT_SECRET',
      `${confFile}:2`,
    ]);
  });

  it("name the line that contradicts another, unless the other can't be read", () => {
    expect(messages({}, 'min-port=60000\nmax-port=50000')).toEqual([
      'turnserver.conf:2: min-port 60000 is above max-port 50000: expected min-port first',
    ]);
    expect(messages({}, 'min-port=x\nmax-port=40000')).toHaveLength(1);
  });

  it("name the relay's certificate if it can't be used, except if the relay is off", () => {
    const conf = 'cert=/nowhere/cert.pem\npkey=/nowhere/key.pem';
    expect(messages({}, conf)).toEqual([
      expect.stringMatching(/^turnserver\.conf: the relay can't use its certificate: ENOENT/),
    ]);
    expect(messages({ TURN: 'off' }, conf)).toEqual([]);
  });

  it("name a turnserver.conf that can't be read, and none that isn't there", () => {
    expect(check({ TURN_CONFIG: folder }).faults).toMatchObject([{ at: folder }]);
    expect(check({ TURN_CONFIG: join(folder, 'none.conf') }).faults).toEqual([]);
  });

  it('tell of lines that are ignored', () => {
    expect(check({}, 'dance=yes').warnings).toEqual([
      { at: `${confFile}:1`, message: `${confFile}:1: unknown setting dance: ignored` },
    ]);
  });
});
