import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFiles } from '../../../src/http/server/files.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { folderTree } from '../../../src/lib/own-files.ts';
import { builtSite, SITE, startHttp } from './harness.ts';
import { raw, request } from './raw.ts';

const SCRIPT = '/assets/index-B2xK9f_a.js';

describe('static files', () => {
  it('are the page with its assets, and the SDK with its types', async () => {
    const { get } = await startHttp();
    const served = [
      ['/', 'web/index.html', 'text/html'],
      [SCRIPT, 'web/index-B2xK9f_a.js', 'text/javascript'],
      ['/assets/favicon.svg', 'web/favicon.svg', 'image/svg+xml'],
      ['/client.js', 'client.js', 'text/javascript'],
      ['/embed.js', 'embed.js', 'text/javascript'],
      ['/client.d.ts', 'client.d.ts', 'application/typescript'],
      ['/embed.d.ts', 'embed.d.ts', 'application/typescript'],
    ];
    for (const [path = '', name = '', type] of served) {
      const response = await get(path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
      expect(await response.text()).toBe(SITE[name]);
    }
  });

  const tricks = [
    '/assets/../client.js',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2fsecret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/%2e%2e%2fsecret.txt',
    '/assets/..\\secret.txt',
    '/assets\\favicon.svg',
    '/assets//favicon.svg',
    '//assets/favicon.svg',
    '/assets/./favicon.svg',
    '/assets/favicon.svg%00',
    '/assets/favicon.svg%00.html',
    '/assets/favicon.svg/',
    '/assets/favicon%2esvg',
    '/assets/FAVICON.svg',
    '/assets/',
    '/assets',
    '/assets/index.html',
    '/assets//etc/passwd',
    '/secret.txt',
    '/index.html',
    '/dist/client.js',
    '/assets/%c0%ae%c0%ae/secret.txt',
  ];
  for (const path of tricks) {
    it(`are not reached by ${path}`, async () => {
      const { port } = await startHttp();
      const client = await raw(port, request(`GET ${path}`, ['Connection: close']));
      expect(await client.closed()).toMatch(/^HTTP\/1\.1 404 [\s\S]*"code":"not_found"/);
    });
  }

  it("don't include what a symbolic link in their folder leads to", () => {
    const folder = builtSite();
    symlinkSync('/etc/hostname', join(folder, 'web', 'hostname.txt'));
    expect([...loadFiles(folderTree(folder), silentLog).keys()].sort()).toEqual([
      '/assets/favicon.svg',
      SCRIPT,
      '/client.d.ts',
      '/client.js',
      '/embed.d.ts',
      '/embed.js',
      '/index.html',
    ]);
  });

  it('[HT7] are cached for ever if their name changes with their content, otherwise revalidated', async () => {
    const { get } = await startHttp();
    expect((await get(SCRIPT)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/client.js', '/assets/favicon.svg']) {
      expect((await get(path)).headers.get('cache-control'), path).toBe('no-cache');
    }
  });

  it('are answered with 304 and no body to clients that have them', async () => {
    const { get, port } = await startHttp();
    const etag = (await get('/client.js', { 'accept-encoding': 'identity' })).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await get('/client.js', { 'if-none-match': known, 'accept-encoding': 'identity' });
      expect([response.status, response.headers.get('etag')]).toEqual([304, etag]);
    }
    expect((await get('/client.js', { 'if-none-match': '"other"' })).status).toBe(200);
    const client = await raw(
      port,
      request('GET /client.js', [`If-None-Match: ${etag}`]) + request('GET /ready'),
    );
    expect(await client.until(/"ready"/)).toMatch(
      /^HTTP\/1\.1 304 Not Modified\r\n(.+\r\n)+\r\nHTTP\/1\.1 200 OK/,
    );
  });

  it('are compressed as the client accepts, each form with its own ETag', async () => {
    const { get } = await startHttp();
    const plain = await get(SCRIPT, { 'accept-encoding': 'identity' });
    const brotli = await get(SCRIPT, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await get(SCRIPT, { 'accept-encoding': 'gzip, br;q=0' });
    const forms = [plain, brotli, gzip];
    expect(forms.map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'br', 'gzip']);
    expect(new Set(forms.map(({ headers }) => headers.get('etag'))).size).toBe(3);
    expect(Number(brotli.headers.get('content-length'))).toBeLessThan(200);
    for (const form of forms) {
      expect(form.headers.get('vary')).toContain('Accept-Encoding');
      expect(await form.text()).toBe(SITE['web/index-B2xK9f_a.js']);
    }
  });

  it('[HT7] has a web component that pages of any site may load, as a module too', async () => {
    const { get } = await startHttp();
    const { headers } = await get('/embed.js', { origin: 'https://somewhere.example' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(
      (await get('/client.js', { origin: 'https://somewhere.example' })).headers.has(
        'access-control-allow-origin',
      ),
    ).toBe(false);
  });

  it("that aren't built are answered with 503 or 404, and logged once", async () => {
    const { get, logged } = await startHttp({ dist: folderTree('/nowhere') });
    const page = await get('/');
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('npm run build');
    expect(await (await get('/client.js')).json()).toMatchObject({ code: 'not_found' });
    expect(logged.filter((line) => line.includes('npm run build'))).toHaveLength(1);
  });
});
