import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
function block(document: string, language: string, { port, parley }: Places): string {
  return codeBlock(document, language)
    .replaceAll('127.0.0.1:3001', `127.0.0.1:${parley}`)
    .replace(/(listen |bind :)443\b/, `$1${port}`)
    .replace('bind :', 'bind 127.0.0.1:')
    .replace(/\/etc\/letsencrypt\/\S+\/fullchain\.pem/, certificate.cert)
    .replace(/\/etc\/letsencrypt\/\S+\/privkey\.pem/, certificate.pkey);
}

const PROXIES: Readonly<Record<string, (places: Places, change?: (text: string) => string) => Running>> = {
  Caddy(places, change = (text) => text) {
    const { folder, port } = places;
    const site = block('README.md', 'caddyfile', places).replace(
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
       http { access_log off; ${temporary.join(' ')}\n${change(block(GUIDE, 'nginx', places))}}`,
    );
    return start('/usr/sbin/nginx', ['-c', path, '-e', 'stderr']);
  },
  HAProxy(places, change = (text) => text) {
    const { folder } = places;
    const pem = join(folder, 'calls.pem');
    writeFileSync(pem, `${certificate.certText}\n${readFileSync(certificate.pkey, 'utf8')}\n`);
    const text = block(GUIDE, 'haproxy', places).replace(`/etc/haproxy/${NAME}.pem`, pem);
    return start('/usr/sbin/haproxy', ['-db', '-f', written(folder, change(text))]);
  },
};

function written(folder: string, text: string): string {
  const path = join(folder, 'proxy.conf');
  writeFileSync(path, text);
  return path;
}

/** Parley behind a proxy that accepts connections. */
async function behind(name: string, change?: (text: string) => string) {
  const server: TestServer = await startServer(SETTINGS);
  opened.push(() => server.close());
  const folder = mkdtempSync(join(tmpdir(), 'parley-proxy-'));
  opened.push(() => rmSync(folder, { recursive: true, force: true }));
  const places = { folder, port: await freePort(), parley: server.port };
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

/** The first frame on a WebSocket that a page of `origin` opens. */
function firstFrame(port: number, token: string, origin: string): Promise<string> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, ['parley.v1', `token.${token}`], {
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

describe.each(Object.keys(PROXIES))('behind %s, configured as our documents say,', (name) => {
  it('the page, the API and the WebSocket work, and links begin with PUBLIC_URL', async () => {
    const { port } = await behind(name);
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

  it('metrics stay closed, and a forged client address is not believed', async () => {
    const { port } = await behind(name);
    await expect.poll(async () => (await ask(port, '/ready')).status, { timeout: 20_000 }).toBe(200);
    for (const headers of [{}, { 'X-Forwarded-For': '127.0.0.1' }]) {
      expect((await ask(port, '/metrics', headers)).status).toBe(403);
    }
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
