import { once } from 'node:events';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { IceServersReply, TokensReply } from '../../src/protocol/bodies.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import type { Pair } from '../../src/tls/certificate.ts';
import { BUILT } from '../support/server/built.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { type Finished, freePort, type Running, run, start } from '../support/server/process.ts';
import { makeCa } from '../support/tls/ca.ts';
import { startPebble } from '../support/tls/pebble.ts';
import { trustingFetch } from '../support/tls/trusting-fetch.ts';
import { until } from '../support/until.ts';

const DOMAIN = 'calls.example.org';
const soon = { timeout: 30_000, interval: 50 };

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Serving {
  readonly running: Running;
  readonly url: string;
  readonly port: number;
  readonly databasePath: string;
}

/** Runs `parley serve`, on free ports and with a database of its own. */
async function serve(
  environment: Readonly<Record<string, string>>,
  argv: readonly string[] = [],
  folder = temporaryFolder(),
): Promise<Serving> {
  const port = await freePort();
  const databasePath = join(folder, 'parley.db');
  const running = start(process.execPath, [BUILT, 'serve', ...argv], {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_PATH: databasePath,
    TURN: 'off',
    ...environment,
  });
  cleanups.push(() => running.stop());
  return { running, url: `https://127.0.0.1:${port}`, port, databasePath };
}

/** Runs a command to its end. */
function parley(argv: readonly string[], environment: Readonly<Record<string, string>>): Promise<Finished> {
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    TURN: 'off',
    DATABASE_PATH: join(temporaryFolder(), 'parley.db'),
  };
  const variables = Object.entries({ ...settings, ...environment }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return run('env', [...variables, process.execPath, BUILT, ...argv]);
}

function filesOf(pair: Pair) {
  const folder = temporaryFolder();
  const paths = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') };
  const write = ({ cert, key }: Pair): void => {
    writeFileSync(paths.TLS_CERT, cert);
    writeFileSync(paths.TLS_KEY, key);
  };
  write(pair);
  return { paths, write };
}

/** The certificate that a new connection gets, in Base64. */
async function servedOn(port: number, servername: string | undefined = DOMAIN): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, servername });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return raw.toString('base64');
}

const derOf = ({ cert }: Pair) => (cert.split('-----END')[0] ?? '').replace(/-----.*-----|\s/g, '');

describe('parley serve --domain', () => {
  it('serves at once, and with a certificate from the directory as soon as there is one, also TURN', async () => {
    const pebble = await startPebble({ validSeconds: 3_600 });
    await pebble.stop();
    const folder = temporaryFolder();
    const [turnPort, tlsPort] = [await freePort(), await freePort()];
    const conf = join(folder, 'turnserver.conf');
    writeFileSync(
      conf,
      `listening-port=${turnPort}\ntls-listening-port=${tlsPort}\nlistening-ip=127.0.0.1\n`,
    );
    const { running, url, port } = await serve(
      {
        HTTP_PORT: String(pebble.httpPort),
        ACME_DIRECTORY: pebble.directory,
        NODE_EXTRA_CA_CERTS: pebble.caFile,
        TURN: 'on',
        TURN_CONFIG: conf,
      },
      ['--domain', DOMAIN],
      folder,
    );
    await running.says(/"message":"no certificate"/, 30_000);
    const insecure = trustingFetch(undefined);
    expect(await (await insecure(`${url}/ready`)).json()).toEqual({
      status: 'ready',
      certificate: 'self_signed',
    });
    const urls = async () => {
      const reply = await insecure(`${url}/ice-servers?for=test`);
      return v.parse(IceServersReply, await reply.json()).iceServers.flatMap(({ urls }) => urls);
    };
    expect((await urls()).filter((one) => one.startsWith('turns:'))).toEqual([]);

    await pebble.restart();
    process.kill(running.pid, 'SIGHUP');
    await running.says(/"message":"got a certificate"/, 30_000);
    const trusting = trustingFetch(await pebble.root(), DOMAIN);
    const ready = await trusting(`${url}/ready`);
    expect(await ready.json()).toEqual({ status: 'ready', certificate: 'acme' });
    expect(ready.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect((await urls()).filter((one) => one.startsWith('turns:'))).toEqual([
      `turns:${DOMAIN}:${tlsPort}?transport=tcp`,
    ]);
    const https = await servedOn(port);
    await expect.poll(() => servedOn(tlsPort), soon).toBe(https);
    expect(await servedOn(port, ''), 'without a server name').toBe(https);

    const sentOn = await fetch(`http://127.0.0.1:${pebble.httpPort}/connect/x?y`, { redirect: 'manual' });
    expect([sentOn.status, sentOn.headers.get('location')]).toEqual([308, `https://${DOMAIN}/connect/x?y`]);
    await running.stop('SIGTERM');
    const logged = running
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    expect(logged.at(-1)).toContain('"message":"stopped"');
    expect(running.output()).not.toMatch(/finding|PRIVATE KEY/);
  });

  it('has the certificate of the process before at once', async () => {
    const pebble = await startPebble({ validSeconds: 3_600 });
    const folder = temporaryFolder();
    const environment = {
      DOMAIN,
      HTTP_PORT: String(pebble.httpPort),
      ACME_DIRECTORY: pebble.directory,
      NODE_EXTRA_CA_CERTS: pebble.caFile,
    };
    const first = await serve(environment, [], folder);
    await first.running.says(/"message":"got a certificate"/, 30_000);
    const served = await servedOn(first.port);
    await first.running.stop('SIGTERM');
    const second = await serve(environment, [], folder);
    await second.running.says(/Parley is up/, 30_000);
    expect(await servedOn(second.port)).toBe(served);
    expect(second.running.output()).not.toContain('certificate');
  });

  it.each<[string, Record<string, string>, string[], number, string]>([
    [
      'another DOMAIN',
      { DOMAIN: 'other.example.org' },
      ['--domain', DOMAIN],
      1,
      `--domain is ${DOMAIN}, but DOMAIN is other.example.org`,
    ],
    ['an empty name', {}, ['--domain', ''], 1, '--domain is empty'],
    ['an address', {}, ['--domain', '192.0.2.1'], 1, 'DOMAIN is "192.0.2.1": expected a host name'],
    ['no name', {}, ['--domain'], 2, "'--domain <value>' argument missing"],
    ['another option', {}, ['--domian', DOMAIN], 2, 'parley knows no command "serve --domian'],
    [
      'another PUBLIC_URL',
      { PUBLIC_URL: 'https://www.example.org' },
      ['--domain', DOMAIN],
      1,
      'PUBLIC_URL is "https://www.example.org"',
    ],
  ])('is refused with %s', async (_what, environment, argv, code, message) => {
    const ended = await parley(['serve', ...argv], environment);
    expect(ended.code).toBe(code);
    expect(ended.output).toContain(message);
  });

  it('is refused if HTTP_PORT cannot be had, which is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    cleanups.push(() => void other.close());
    const address = other.address();
    const taken = typeof address === 'object' ? address?.port : 0;
    const { code, output } = await parley(['serve', '--domain', DOMAIN], { HTTP_PORT: String(taken) });
    expect(code).toBe(1);
    expect(output).toContain(`Can't listen on 127.0.0.1:${taken}`);
    expect(output).toContain('set HTTP_PORT to a free port');
  });
});

describe('parley serve with TLS_CERT', () => {
  it('takes up new files on SIGHUP without losing a socket, and keeps the old ones if the new are no good', async () => {
    const ca = makeCa();
    const [first, second] = [ca.issue([DOMAIN, 'localhost']), ca.issue([DOMAIN, 'localhost'])];
    const { paths, write } = filesOf(first);
    const { running, url, port } = await serve(paths);
    await running.says(/Parley is up: open https:/, 30_000);
    const trusting = trustingFetch(ca.cert, DOMAIN);
    expect(await (await trusting(`${url}/ready`)).json()).toEqual({ status: 'ready', certificate: 'files' });
    expect((await trusting(`${url}/ready`)).headers.get('strict-transport-security')).toBeNull();
    const page = await (await trusting(`${url}/`)).text();
    expect(page).toContain('<!doctype html>');
    const { accessToken } = v.parse(
      TokensReply,
      await (await trusting(`${url}/auth/guest`, { method: 'POST', body: '{}' })).json(),
    );
    const room = await trusting(`${url}/rooms`, {
      method: 'POST',
      body: '{}',
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(await room.json()).toMatchObject({
      url: expect.stringMatching(`^https://127.0.0.1:${port}/connect/`),
      wsUrl: expect.stringMatching(`^wss://127.0.0.1:${port}/ws/rooms/`),
    });

    const socket = new WebSocket(`wss://localhost:${port}/ws`, ['parley.v1', `token.${accessToken}`], {
      ca: ca.cert,
      origin: `https://localhost:${port}`,
    });
    cleanups.push(() => socket.terminate());
    await once(socket, 'message');
    let isLost = false;
    socket.on('close', () => {
      isLost = true;
    });

    write(second);
    process.kill(running.pid, 'SIGHUP');
    await running.says(/the new certificate of TLS_CERT is in use/);
    expect(await servedOn(port)).toBe(derOf(second));
    expect(await servedOn(port, ''), 'without a server name').toBe(derOf(second));
    write({ cert: first.cert, key: second.key });
    process.kill(running.pid, 'SIGHUP');
    await running.says(/stays the old one/);
    expect(await servedOn(port)).toBe(derOf(second));
    socket.send(JSON.stringify({ event: 'ping', payload: {} }));
    const [pong] = await once(socket, 'message');
    expect([JSON.parse(String(pong)).event, isLost]).toEqual(['pong', false]);
  });

  it.each<[string, (paths: Readonly<Record<string, string>>) => Record<string, string>, string]>([
    [
      'a missing file',
      (paths) => ({ ...paths, TLS_CERT: '/nowhere/cert.pem' }),
      'TLS_CERT is "/nowhere/cert.pem": there is no such file',
    ],
    ['a certificate as key', (paths) => ({ ...paths, TLS_KEY: paths['TLS_CERT'] ?? '' }), 'TLS_KEY is "'],
    [
      'another name',
      (paths) => ({ ...paths, DOMAIN: 'www.example.org' }),
      'it is for calls.example.org; expected a certificate for www.example.org',
    ],
    ['no key', ({ TLS_CERT = '' }) => ({ TLS_CERT }), 'TLS_CERT is set without TLS_KEY'],
  ])('is refused with %s, by check-config too', async (_what, change, message) => {
    const { paths } = filesOf(makeCa().issue([DOMAIN]));
    const environment = change(paths);
    for (const command of ['serve', 'check-config']) {
      const { code, output } = await parley([command], environment);
      expect(code).toBe(1);
      expect(output).toContain(message);
      expect(output).not.toMatch(/^\s+at /m);
    }
  });
});

describe('SIGHUP', () => {
  it('ends the process neither while it starts nor while it drains', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'parley.db');
    const database = new Database(path);
    database.exec('BEGIN EXCLUSIVE');
    const { running } = await serve({}, [], folder);
    await until(() => hasOpen(running.pid, path));
    process.kill(running.pid, 'SIGHUP');
    database.close();
    await running.says(/Parley is up/, 30_000);
    process.kill(running.pid, 'SIGTERM');
    await running.says(/"message":"draining"/);
    process.kill(running.pid, 'SIGHUP');
    await until(() => !running.alive());
    expect(running.output()).toContain('"message":"stopped"');
  });
});

/** Whether the process has the file open. */
function hasOpen(pid: number, file: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`) === file;
    } catch {
      return false;
    }
  });
}
