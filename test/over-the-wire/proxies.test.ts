import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { codeBlock } from '../support/documents.ts';
import { makeCertificate, type TestCertificate } from '../support/server/certificate.ts';
import { freePort, type Running, start } from '../support/server/process.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

const GUIDE = 'src/http/proxies.md';
const NAME = 'calls.example.org';
const PUBLIC_URL = `https://${NAME}`;
/** The proxies of README.md and src/http/proxies.md. */
const SETTINGS = { PUBLIC_URL, TRUSTED_PROXIES: '127.0.0.1' };

interface Places {
  /** Where the proxy's configuration is from. */
  readonly document: string;
  readonly folder: string;
  /** The proxy's. */
  readonly port: number;
  /** Parley's. */
  readonly parley: number;
}

let certificate: TestCertificate;
const opened: (() => unknown)[] = [];

beforeAll(async () => {
  certificate = await makeCertificate([NAME]);
  return () => certificate.remove();
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** The configuration that a document shows for a proxy, with the ports and files of this test. */
function block(language: string, { document, port, parley }: Places): string {
  return inItsPlace(language, codeBlock(document, language))
    .replaceAll('127.0.0.1:3001', `127.0.0.1:${parley}`)
    .replace(/(listen |bind :)443\b/, `$1${port}`)
    .replace('bind :', 'bind 127.0.0.1:')
    .replace(/\/etc\/letsencrypt\/\S+\/fullchain\.pem/, certificate.cert)
    .replace(/\/etc\/letsencrypt\/\S+\/privkey\.pem/, certificate.pkey);
}

/** The main README shows what is special about Parley; what a proxy has anyway is taken from the guide. */
function inItsPlace(language: string, text: string): string {
  const guide = codeBlock(GUIDE, language);
  if (text.startsWith('location /')) return guide.replace(/\tlocation \/ \{[\s\S]*?\n\t\}/, () => text);
  if (text.startsWith('backend parley')) return guide.replace(/^backend parley[\s\S]*/m, () => text);
  return text;
}

const PROXIES: Readonly<Record<string, (places: Places, change?: (text: string) => string) => Running>> = {
  Caddy(places, change = (text) => text) {
    const { folder, port } = places;
    const site = block('caddyfile', places).replace(
      `${NAME} {`,
      `${PUBLIC_URL}:${port} {\n\tbind 127.0.0.1\n\ttls ${certificate.cert} ${certificate.pkey}`,
    );
    const path = written(folder, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${change(site)}`);
    return start('caddy', ['run', '--adapter', 'caddyfile', '--config', path], { HOME: folder });
  },
  nginx(places, change = (text) => text) {
    const { folder } = places;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${folder}/${kind};`,
    );
    const path = written(
      folder,
      `daemon off; pid ${folder}/pid; error_log stderr; events {}
       http { access_log off; ${temporary.join(' ')}\n${change(block('nginx', places))}}`,
    );
    return start('/usr/sbin/nginx', ['-c', path, '-e', 'stderr']);
  },
  HAProxy(places, change = (text) => text) {
    const { folder } = places;
    const pem = join(folder, 'calls.pem');
    writeFileSync(pem, `${certificate.certText}\n${readFileSync(certificate.pkey, 'utf8')}\n`);
    const text = block('haproxy', places).replace(`/etc/haproxy/${NAME}.pem`, pem);
    return start('/usr/sbin/haproxy', ['-db', '-f', written(folder, change(text))]);
  },
};

function written(folder: string, text: string): string {
  const path = join(folder, 'proxy.conf');
  writeFileSync(path, text);
  return path;
}

/** Parley behind a proxy that accepts connections. */
async function behind(
  name: string,
  change?: (text: string) => string,
  settings: Readonly<Record<string, string>> = SETTINGS,
  document = GUIDE,
) {
  const server: TestServer = await startServer(settings);
  opened.push(() => server.close());
  const folder = mkdtempSync(join(tmpdir(), 'parley-proxy-'));
  // nginx's workers, which keep bodies there, are another user's if root runs the tests.
  chmodSync(folder, 0o755);
  opened.push(() => rmSync(folder, { recursive: true, force: true }));
  const places = { document, folder, port: await freePort(), parley: server.port };
  const proxy = PROXIES[name]?.(places, change);
  if (proxy === undefined) throw new Error(`no proxy ${name}`);
  opened.push(() => proxy.stop('SIGTERM'));
  await expect
    .poll(() => (proxy.alive() ? takesConnections(places.port) : proxy.output()), { timeout: 20_000 })
    .toBe(true);
  return { ...places, server };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Sends the proxy a request as a browser would. */
function ask(port: number, path: string, headers: Record<string, string> = {}, body?: object) {
  const options: RequestOptions = {
    host: '127.0.0.1',
    // Not the proxy's address, which is trusted.
    localAddress: '127.0.0.2',
    port,
    path,
    servername: NAME,
    ca: certificate.certText,
    method: body === undefined ? 'GET' : 'POST',
    headers: { Host: NAME, ...headers },
  };
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const asked = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }),
      );
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The first frame on a WebSocket that a page of `origin` opens. @param more subprotocols */
function firstFrame(port: number, token: string, origin: string, ...more: string[]): Promise<string> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, ['parley.v1', `token.${token}`, ...more], {
    agent: new Agent({ ca: certificate.certText, servername: NAME }),
    headers: { Host: NAME },
    origin,
  });
  opened.push(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data)));
    socket.once('error', reject);
  });
}

const DOCUMENTED = Object.keys(PROXIES).flatMap((name) =>
  [GUIDE, 'README.md'].map((document) => ({ name, document })),
);

describe.each(DOCUMENTED)('behind $name, configured as $document says,', ({ name, document }) => {
  it('the page, the API and the WebSocket work, and links begin with PUBLIC_URL', async () => {
    const { port } = await behind(name, undefined, SETTINGS, document);
    await expect.poll(async () => (await ask(port, '/ready')).status, { timeout: 20_000 }).toBe(200);
    expect((await ask(port, '/', { Accept: 'text/html' })).text).toContain('<title>Parley</title>');
    const { accessToken } = JSON.parse((await ask(port, '/auth/guest', {}, {})).text);
    const made = await ask(port, '/rooms', { Authorization: `Bearer ${accessToken}` }, { name: 'Tea' });
    const { room, url } = JSON.parse(made.text);
    expect([made.status, url]).toEqual([201, `${PUBLIC_URL}/connect/${room.id}`]);
    expect((await ask(port, `/connect/${room.id}`, { Accept: '*/*' })).text).toContain('content="Tea"');
    expect(await firstFrame(port, accessToken, PUBLIC_URL)).toContain('"event":"welcome"');
    await expect(firstFrame(port, accessToken, 'https://evil.example')).rejects.toThrow('403');
  });

  it('a lost WebSocket is resumed, and a body of 60 KiB gets through', async () => {
    const { port } = await behind(name, undefined, SETTINGS, document);
    await expect.poll(async () => (await ask(port, '/ready')).status, { timeout: 20_000 }).toBe(200);
    const { accessToken } = JSON.parse((await ask(port, '/auth/guest', {}, {})).text);
    const { payload } = JSON.parse(await firstFrame(port, accessToken, PUBLIC_URL));
    const resume = `resume.${payload.resumeToken}.1`;
    const again = JSON.parse(await firstFrame(port, accessToken, PUBLIC_URL, resume));
    expect(again.payload).toMatchObject({ resumed: true, peerId: payload.peerId });
    const large = { name: 'Tea', unknown: 'x'.repeat(60_000) };
    const made = await ask(port, '/rooms', { Authorization: `Bearer ${accessToken}` }, large);
    expect(made.status).toBe(201);
  });

  it('guests count by the address that the proxy sees', async () => {
    const { port } = await behind(name, undefined, { ...SETTINGS, GUESTS_PER_MINUTE: '1' }, document);
    await expect.poll(async () => (await ask(port, '/ready')).status, { timeout: 20_000 }).toBe(200);
    const forged = { 'X-Forwarded-For': '192.0.2.7' };
    const statuses = [
      (await ask(port, '/auth/guest', {}, {})).status,
      (await ask(port, '/auth/guest', forged, {})).status,
    ];
    expect(statuses).toEqual([201, 429]);
  });

  it('metrics stay closed, and a forged client address is not believed', async () => {
    const { port } = await behind(name, undefined, SETTINGS, document);
    await expect.poll(async () => (await ask(port, '/ready')).status, { timeout: 20_000 }).toBe(200);
    for (const headers of [{}, { 'X-Forwarded-For': '127.0.0.1' }]) {
      expect((await ask(port, '/metrics', headers)).status).toBe(403);
    }
  });
});

describe('behind nginx without X-Forwarded-For', () => {
  const silent = (text: string) => text.replace(/^.*X-Forwarded-For.*$/m, '');
  const nameless = (text: string) => silent(text).replace(/^.*proxy_set_header Host.*$/m, '');
  const settings = [
    ['no settings', {}],
    ['PUBLIC_URL', { PUBLIC_URL }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '127.0.0.1' }],
  ] as const;

  it.each(settings)('metrics are closed with %s, by whatever name one asks', async (_, set) => {
    const { port } = await behind('nginx', silent, set);
    for (const Host of [NAME, 'localhost', '127.0.0.1', `127.0.0.1:${port}`]) {
      expect([Host, (await ask(port, '/metrics', { Host })).status]).toEqual([Host, 403]);
    }
  });

  it.each(settings.slice(1))('and without Host, they are closed with %s', async (_, set) => {
    const { port, server } = await behind('nginx', nameless, set);
    expect((await ask(port, '/metrics')).status).toBe(403);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(403);
  });

  it('they are closed from the first page on that somebody has opened by the public name', async () => {
    const { port, server } = await behind('nginx', silent, {});
    expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
    await ask(port, '/health');
    expect((await ask(port, '/metrics', { Host: `127.0.0.1:${server.port}` })).status).toBe(403);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(403);
  });
});

describe('behind a proxy that passes on no Host', () => {
  it('[HT6] the page of PUBLIC_URL may connect', async () => {
    const { port } = await behind('nginx', (text) => text.replace(/^.*proxy_set_header Host.*$/m, ''));
    const { accessToken } = JSON.parse((await ask(port, '/auth/guest', {}, {})).text);
    expect(await firstFrame(port, accessToken, PUBLIC_URL)).toContain('"event":"welcome"');
    const made = await ask(port, '/rooms', { Authorization: `Bearer ${accessToken}` }, {});
    expect(JSON.parse(made.text).url).toContain(`${PUBLIC_URL}/connect/`);
  });
});

describe('behind nginx that speaks HTTP/1.0', () => {
  it('the answer is 505, as the documentation says', async () => {
    const { port } = await behind('nginx', (text) => text.replace(/^.*proxy_http_version.*$/m, ''));
    expect((await ask(port, '/health')).status).toBe(505);
  });
});
