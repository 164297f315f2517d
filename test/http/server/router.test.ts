import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../../src/domain/errors.ts';
import type { Identity } from '../../../src/domain/identity.ts';
import type { UserId } from '../../../src/domain/ids.ts';
import { allowOrigins } from '../../../src/lib/origins.ts';
import { identity } from '../../support/server/accounts.ts';
import { startHttp } from './harness.ts';
import { raw, request } from './raw.ts';

const TOKEN = { authorization: 'Bearer a.b.c' };

describe('routing', () => {
  it('[HT5] answers 404 at an unknown path, 405 with Allow at a known one', async () => {
    const { url, get } = await startHttp();
    expect(await (await get('/nothing')).json()).toMatchObject({ status: 404, code: 'not_found' });
    const refused = await fetch(`${url}/rooms`, { method: 'DELETE' });
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS');
    expect(await refused.json()).toMatchObject({ code: 'method_not_allowed' });
    const brewed = await fetch(`${url}/health`, { method: 'BREW' });
    expect([brewed.status, brewed.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('answers HEAD as GET without its body', async () => {
    const { url, port } = await startHttp();
    const response = await fetch(`${url}/health`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('15');
    const client = await raw(port, request('HEAD /health') + request('GET /ready'));
    expect(await client.until(/"ready"/)).toMatch(
      /^HTTP\/1\.1 200 OK\r\n(.+\r\n)*Content-Length: 15\r\n(.+\r\n)*\r\nHTTP\/1\.1 200 OK/,
    );
  });

  it("doesn't run a GET that changes something for HEAD", async () => {
    const { url, guest, store } = await startHttp();
    const { bearer, id } = await guest();
    const response = await fetch(`${url}/create`, { method: 'HEAD', headers: bearer });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
    expect(store.rooms.countOwnedBy(id as UserId)).toBe(0);
  });

  it('treats `__proto__` and `constructor` as paths like any other', async () => {
    const { get, guest } = await startHttp();
    for (const path of ['/__proto__', '/constructor', '/assets/__proto__', '/assets/toString']) {
      expect((await get(path)).status).toBe(404);
    }
    const { bearer } = await guest();
    for (const id of ['__proto__', 'constructor', '%00', "'%20OR%201=1"]) {
      const response = await get(`/rooms/${id}`, bearer);
      expect(response.status).toBe(404);
    }
  });

  it('finds nothing if a segment of the path is malformed or missing', async () => {
    const { get } = await startHttp();
    for (const path of ['/rooms/%E0%A4%A', '/rooms/', '/rooms/a/b', '//health', '/health/', '/connect/']) {
      expect((await get(path)).status, path).toBe(404);
    }
  });
});

describe('every response', () => {
  it('[HT7] says nosniff, no-referrer and how long it may be cached', async () => {
    const { get, url } = await startHttp();
    const all = [
      await get('/'),
      await get('/health'),
      await get('/nothing'),
      await get('/auth/me'),
      await get('/connect/nowhere', { accept: 'text/html' }),
      await fetch(`${url}/rooms`, { method: 'OPTIONS' }),
    ];
    expect(all.map(({ status }) => status)).toEqual([200, 200, 404, 401, 302, 204]);
    for (const { headers } of all) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect(all.map(({ headers }) => headers.get('cache-control'))).toEqual([
      'no-cache',
      ...Array(5).fill('no-store'),
    ]);
  });

  it('[HT3] is 401 with WWW-Authenticate without a valid token', async () => {
    const { get } = await startHttp();
    for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'Bearer' }, TOKEN]) {
      const response = await get('/auth/me', headers as Record<string, string>);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="parley", error="invalid_token"/,
      );
      expect(await response.json()).toMatchObject({ code: 'unauthorized', status: 401 });
    }
  });

  const strangers: readonly (readonly [line: string, body: string])[] = [
    ['POST /rooms', '{'],
    ['POST /rooms', '{"max":"many"}'],
    ['POST /rooms', '['.repeat(1_000)],
    ['POST /auth/logout', 'x'],
  ];
  for (const [line, body] of strangers) {
    it(`[HT3] is 401, not 400, to a stranger, whatever the body: ${line} ${body.slice(0, 20)}`, async () => {
      const { url } = await startHttp();
      const [method = '', path = ''] = line.split(' ');
      for (const headers of [{}, TOKEN]) {
        const response = await fetch(url + path, { method, body, headers });
        expect(response.status).toBe(401);
        expect(response.headers.has('www-authenticate')).toBe(true);
      }
    });
  }

  it('[HT3] is 401 before the body arrives; the body is dropped, and the connection serves the next request', async () => {
    const { port } = await startHttp();
    const client = await raw(port, request('POST /rooms', ['Content-Length: 1000000']));
    await client.until(/^HTTP\/1\.1 401 [\s\S]*}$/);
    client.send(' '.repeat(1_000_000));
    client.send(request('GET /ready'));
    await client.until(/"ready"/);
  });

  it('never logs the content of a body, not even at debug level', async () => {
    const { post, logged } = await startHttp();
    for (const body of [
      'hunter2',
      '{"password":"hunter2',
      '{"password":hunter2}',
      '{"a":1} hunter2',
      '"\u0001hunter2"',
    ]) {
      expect((await post('/auth/guest', body)).status).toBe(400);
    }
    expect(logged.join('')).not.toContain('hunter');
  });

  it('[HT2] is 500 without a stack after an unexpected error, and the log has the stack', async () => {
    const { get, logged } = await startHttp({
      accounts: { verify: () => Promise.reject(new TypeError('x is not a function')) },
    });
    const text = await (await get('/auth/me?token=secret', TOKEN)).text();
    expect(JSON.parse(text)).toMatchObject({ status: 500, code: 'internal' });
    expect(text).not.toContain('not a function');
    const line = logged.find((entry) => entry.includes('request failed')) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      method: 'GET',
      path: '/auth/me',
      error: { message: 'x is not a function', stack: expect.stringContaining('router.test') },
    });
    expect(line).not.toContain('secret');
  });

  it('[HT2] is 500 as well if a handler throws before it awaits', async () => {
    const { get } = await startHttp({
      stats: () => {
        throw new RangeError('no stats');
      },
    });
    expect(await (await get('/metrics')).json()).toMatchObject({ code: 'internal' });
  });

  it('is dropped if the client has left in the meantime, and the server lives on', async () => {
    let answer = (_: Identity): void => {};
    let asked = (): void => {};
    const wasAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const verify = () => {
      asked();
      return new Promise<Identity>((resolve) => {
        answer = resolve;
      });
    };
    const { port, get, logged, clock } = await startHttp({ accounts: { verify } });
    const client = await raw(port, request('GET /ice-servers', ['Authorization: Bearer a.b.c']));
    await wasAsked;
    client.destroy();
    // uWS notices the end before it answers this request.
    expect((await get('/health')).status).toBe(200);
    answer(identity('nobody'));
    expect((await get('/health')).status).toBe(200);
    expect(logged.join('')).not.toContain('"error"');
    expect(clock.pending).toBe(4);
  });

  it('that is rate_limited tells when to try again, in the header and in the body', async () => {
    const { get } = await startHttp({
      accounts: {
        verify: () => Promise.reject(new ParleyError('rate_limited', 'Wait.', { retryAfterMs: 1_500 })),
      },
    });
    const response = await get('/auth/me', TOKEN);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '2']);
    expect(await response.json()).toMatchObject({ code: 'rate_limited', retryAfterMs: 1_500 });
  });
});

describe('pages of other origins', () => {
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/rooms`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });

  it('[HT6] may not read answers by default', async () => {
    const { url, get } = await startHttp();
    const response = await get('/health', { origin: 'https://other.example' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('vary')).toContain('Origin');
    const asked = await preflight(url, 'https://other.example');
    expect(asked.status).toBe(204);
    expect([...asked.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('[HT6] may read answers if they are on the list', async () => {
    const { url, get } = await startHttp({ origins: ['https://app.example'] });
    const asked = await preflight(url, 'https://app.example');
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(asked.headers.get('access-control-allow-methods')).toBe('POST, GET, HEAD, OPTIONS');
    expect(asked.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const refusal = await get('/auth/me', { origin: 'https://app.example' });
    expect(refusal.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(
      (await preflight(url, 'https://app.example.evil')).headers.has('access-control-allow-origin'),
    ).toBe(false);
    expect((await preflight(url, 'null')).headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('the Host header', () => {
  for (const host of [
    'a b',
    'a"b',
    "x; script-src 'unsafe-inline'",
    'a/b',
    'a@b',
    'a:b',
    'a:123456',
    '<x>',
  ]) {
    it(`is refused when it is ${JSON.stringify(host)}`, async () => {
      const { port } = await startHttp();
      const client = await raw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      const received = await client.closed();
      expect(received).toMatch(/^HTTP\/1\.1 400 [\s\S]*validation_failed/);
      expect(received).not.toContain('Content-Security-Policy');
    });
  }

  for (const host of ['localhost', 'LOCALHOST:3001', '[::1]:3001', 'my_app:80', 'call.example.org']) {
    it(`may be ${host}`, async () => {
      const { port } = await startHttp();
      const client = await raw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(await client.closed()).toContain(
        `connect-src 'self' ws://${host.toLowerCase().replace(':80', '')}`,
      );
    });
  }
});

describe('under PUBLIC_URL', () => {
  const publicUrl = 'https://calls.example.org';
  const ask = async (
    line: string,
    host: string,
    options: Parameters<typeof startHttp>[0] = {},
    headers = '',
  ) => {
    const { port } = await startHttp({ publicUrl, ...options });
    const client = await raw(
      port,
      `${line} HTTP/1.1\r\nHost: ${host}\r\n${headers}Connection: close\r\n\r\n`,
    );
    return client.closed();
  };

  for (const line of ['GET /', 'GET /client.js', 'POST /auth/guest', 'GET /connect/x', 'OPTIONS /rooms']) {
    it(`[HT6] refuses a Host that names another site, because its DNS may point here: ${line}`, async () => {
      for (const host of [
        'evil.example',
        'evil.example:3001',
        'calls.example.org.evil.example',
        'EVIL.EXAMPLE.',
      ]) {
        const received = await ask(line, host);
        expect(received).toMatch(/^HTTP\/1\.1 400 [\s\S]*This server is https:\/\/calls\.example\.org\./);
        expect(received).not.toContain('evil');
      }
    });
  }

  it("[HT6] serves what proxies send that don't pass Host on: addresses and names without a dot", async () => {
    const own = ['calls.example.org', 'Calls.Example.org:443', 'calls.example.org.'];
    for (const host of [
      ...own,
      '127.0.0.1:3001',
      '10.1.2.3',
      '[::1]:3001',
      'localhost:3001',
      'parley',
      'my_app:80',
    ]) {
      expect(await ask('GET /auth/me', host)).toMatch(/^HTTP\/1\.1 401 /);
    }
    const proxies = [{ address: '127.0.0.1', prefix: 32 }];
    expect(await ask('GET /auth/me', 'parley.internal', { proxies })).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('serves monitors and requests with a token under any name', async () => {
    expect(await ask('GET /health', 'parley.default.svc.cluster.local')).toMatch(/^HTTP\/1\.1 200 /);
    const token = 'Authorization: Bearer a.b.c\r\n';
    expect(await ask('GET /auth/me', 'parley.internal', {}, token)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('[HT6] lets its own origin read answers, and not the one that Host names', async () => {
    const origins: readonly (readonly [origin: string, host: string, isAllowed: boolean])[] = [
      [publicUrl, '127.0.0.1:3001', true],
      [publicUrl, 'calls.example.org', true],
      ['http://127.0.0.1:3001', '127.0.0.1:3001', false],
      ['http://calls.example.org', 'calls.example.org', false],
      ['https://localhost', 'localhost', false],
    ];
    for (const [origin, host, isAllowed] of origins) {
      const { port } = await startHttp({ publicUrl, allowsOrigin: allowOrigins([], publicUrl) });
      const client = await raw(port, `GET /health HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\n\r\n`);
      const received = await client.until(/"ok"/);
      expect(received.includes('Access-Control-Allow-Origin')).toBe(isAllowed);
    }
  });
});
