import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pair } from '../support/doctor/authority.ts';
import { type Clinic, openClinic, type Patient } from '../support/doctor/clinic.ts';
import { runDoctor } from '../support/doctor/run-doctor.ts';
import { FORWARD, HOST, HTTP11, holdPorts, type Site, startSites, UPGRADE } from '../support/doctor/sites.ts';

/** Sites of one nginx, each with its own fault. */
const NAMES = [
  'good',
  'no_key',
  'no_upgrade',
  'defaults',
  'no_forward',
  'untrusted',
  'elsewhere',
  'shop',
  'down',
  'plain',
  'other_port',
  'expired',
  'other_name',
  'self_signed',
  'incomplete',
  'three_days',
] as const;
type Name = (typeof NAMES)[number];

let clinic: Clinic;
let ports: Readonly<Record<Name, number>>;
const patients = new Map<Name, Patient>();
let shop: Server;
let stopSites: () => Promise<void>;

beforeAll(async () => {
  clinic = await openClinic();
  const held = await holdPorts(NAMES);
  ports = held.of;
  const { authority } = clinic;
  const relay = await clinic.relay();
  const pairs: Readonly<Partial<Record<Name, Pair>>> = {
    expired: await authority.issue('expired', { days: -2 }),
    other_name: await authority.issue('other', { names: ['another.example'] }),
    self_signed: await authority.issue('self', { isSelfSigned: true }),
    incomplete: await authority.issue('incomplete', { isIncomplete: true }),
    three_days: await authority.issue('soon', { days: 3 }),
  };
  const good = await authority.issue('good');
  const withRelay = await clinic.admit(relay);
  const turn = {
    TURN_URLS: `turn:127.0.0.1:${relay.port}?transport=udp,turn:127.0.0.1:${relay.port}?transport=tcp`,
    TURN_CONFIG: relay.TURN_CONFIG,
    TURN: 'off',
  };
  shop = createServer((_request, response) => response.writeHead(404).end('no such page')).listen(
    0,
    '127.0.0.1',
  );
  const sites = new Map<number, Site>();
  const directives: Readonly<Partial<Record<Name, string>>> = {
    no_upgrade: HTTP11 + HOST + FORWARD,
    no_key: `${HTTP11 + HOST + FORWARD} proxy_set_header Sec-WebSocket-Key "";`,
    defaults: 'proxy_http_version 1.0;',
    no_forward: HTTP11 + HOST + UPGRADE,
  };
  for (const name of NAMES) {
    const scheme = name === 'plain' ? 'http' : 'https';
    const patient = await clinic.admit({
      ...turn,
      // The server was told of another port than the one that people use.
      PUBLIC_URL: `${scheme}://localhost:${name === 'other_port' ? ports.good : ports[name]}`,
      ...(name === 'untrusted' ? {} : { TRUSTED_PROXIES: '127.0.0.1' }),
    });
    patients.set(name, patient);
    if (name === 'down') continue;
    const to = name === 'elsewhere' ? withRelay.port : name === 'shop' ? portOf(shop) : patient.port;
    const site = { to, pair: name === 'plain' ? undefined : (pairs[name] ?? good) };
    const special = directives[name];
    sites.set(ports[name], special === undefined ? site : { ...site, directives: special });
  }
  await held.release();
  stopSites = await startSites(clinic.folder, sites);
}, 120_000);
afterAll(async () => {
  await stopSites?.();
  shop?.close();
  await clinic?.close();
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function examine(name: Name, settings: Record<string, string> = {}) {
  return runDoctor({ ...patients.get(name)?.settings, ...settings });
}

describe('the doctor, at a reverse proxy', () => {
  it('finds nothing wrong with one that is set up as the handbook says', async () => {
    const { troubles, code } = await examine('good');
    expect([troubles, code]).toEqual([[], 0]);
  });

  it.each<readonly [name: Name, troubles: readonly string[], result: RegExp, todo: RegExp]>([
    [
      'no_key',
      ['websocket: fail'],
      /upgrade to a WebSocket fails: HTTP 4\d\d/,
      /PUBLIC_URL.*Upgrade \$http_upgrade/,
    ],
    ['no_upgrade', ['websocket: fail'], /drops the header Upgrade/, /PUBLIC_URL.*Upgrade \$http_upgrade/],
    ['defaults', ['public_url: fail'], /505.*HTTP\/1\.0/, /proxy_http_version 1\.1/],
    ['no_forward', ['forwarded: fail'], /sends no X-Forwarded-For/, /TRUSTED_PROXIES/],
    ['untrusted', ['forwarded: fail'], /isn't believed/, /Add 127\.0\.0\.1 to TRUSTED_PROXIES/],
    ['elsewhere', ['here: fail'], /another server answers/, /PUBLIC_URL/],
    ['shop', ['here: fail'], /another server answers.*404/, /PUBLIC_URL/],
    ['down', ['public_url: fail'], /can't be reached/, /Open port.*PUBLIC_URL/],
    ['plain', ['public_url: warn'], /without TLS/, /PUBLIC_URL.*https/],
    ['expired', ['certificate: fail'], /expired on \d{4}/, /Renew.*PUBLIC_URL/],
    ['other_name', ['certificate: fail'], /for another\.example, not for localhost/, /PUBLIC_URL.*localhost/],
    ['self_signed', ['certificate: fail'], /self-signed/, /PUBLIC_URL.*known authority/],
    ['incomplete', ['certificate: fail'], /incomplete.*Test Intermediate/, /fullchain\.pem/],
    ['three_days', ['certificate: warn'], /expires in 3 days/, /Renew/],
  ])('names what is wrong: %s', async (name, troubles, result, todo) => {
    const diagnosis = await examine(name);
    expect(diagnosis.troubles).toEqual(troubles);
    const [id = ''] = troubles[0]?.split(':') ?? [];
    const line = diagnosis.line(id);
    expect(line.result).toMatch(result);
    expect(line.todo).toMatch(todo);
    expect(diagnosis.code).toBe(line.status === 'warn' ? 1 : 2);
  });

  it('names an authority that nobody knows', async () => {
    const { troubles, line } = await examine('good', { NODE_EXTRA_CA_CERTS: '' });
    expect(troubles).toEqual(['certificate: fail']);
    expect(line('certificate').todo).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('names a PUBLIC_URL that has no address', async () => {
    const { troubles, line } = await examine('good', { PUBLIC_URL: 'https://calls.invalid' });
    expect(troubles).toEqual(['server: fail', 'public_url: fail']);
    expect(line('public_url').todo).toContain('DNS record of calls.invalid');
    expect(line('server').result).toContain('PUBLIC_URL');
  });

  it('names the port at which the server refuses its own page', async () => {
    const { troubles, line } = await examine('other_port', {
      PUBLIC_URL: `https://localhost:${ports.other_port}`,
    });
    expect(troubles).toEqual(['server: fail', 'origin: fail']);
    expect(line('origin').todo).toMatch(/PUBLIC_URL \(scheme, name and port\)/);
  });
});

describe('the doctor, at a reverse proxy before the first start', () => {
  it('answers in place of the server, and names the same faults', async () => {
    await clinic.discharge();
    const outcomes = await Promise.all(
      (['good', 'no_forward', 'untrusted', 'defaults', 'shop', 'other_port'] as const).map(async (name) => {
        const { troubles } = await examine(name, {
          TURN_URLS: '',
          ...(name === 'other_port' ? { PUBLIC_URL: `https://localhost:${ports.other_port}` } : {}),
        });
        return [name, ...troubles.filter((trouble) => trouble !== 'turn: warn')];
      }),
    );
    expect(outcomes).toEqual([
      ['good'],
      ['no_forward', 'forwarded: fail'],
      ['untrusted', 'forwarded: fail'],
      ['defaults', 'public_url: fail'],
      ['shop', 'here: fail'],
      ['other_port'],
    ]);
  });
});
