import { afterEach, describe, expect, it } from 'vitest';
import { createChallenges } from '../../src/tls/acme/challenges.ts';
import { attachHttpDoor } from '../../src/tls/http-door.ts';
import { loadUws } from '../../src/uws/load.ts';
import { raw } from '../http/server/raw.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

function open(origin: string | undefined, httpsPort = 443) {
  const uws = loadUws();
  const app = uws.App();
  const challenges = createChallenges();
  attachHttpDoor(app, { challenges, origin, port: () => httpsPort });
  let port = 0;
  app.listen('127.0.0.1', 0, 0, (socket) => {
    if (socket !== false) port = uws.us_socket_local_port(socket);
  });
  cleanups.push(() => void app.close());
  const ask = (path: string, options: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...options });
  return { port, challenges, ask };
}

const ORIGIN = 'https://calls.example.org';
const CHALLENGE = '/.well-known/acme-challenge';

describe('HTTP_PORT', () => {
  it.each([
    ['/', '/'],
    ['/connect/room?invite=a%20b&x=1', '/connect/room?invite=a%20b&x=1'],
    ['//evil.example.org/%0d%0ax', '//evil.example.org/%0d%0ax'],
    ['/.well-known/other', '/.well-known/other'],
    ['/ws', '/ws'],
  ])('sends %s on to the same address by HTTPS', async (path, expected) => {
    const { ask } = open(ORIGIN);
    for (const method of ['GET', 'POST']) {
      const reply = await ask(path, { method });
      expect([reply.status, reply.headers.get('location')]).toEqual([308, `${ORIGIN}${expected}`]);
      expect(reply.headers.get('strict-transport-security')).toBeNull();
    }
  });

  it.each(['http://evil.example.org/', '@evil.example.org', '.evil.example.org/'])(
    'sends a request for %s to no other host',
    async (target) => {
      const { port } = open(ORIGIN);
      const client = await raw(
        port,
        `GET ${target} HTTP/1.1\r\nHost: calls.example.org\r\nConnection: close\r\n\r\n`,
      );
      const reply = await Promise.race([client.until(/\r\n\r\n/), client.closed()]);
      expect(reply).not.toMatch(/location: https:\/\/calls\.example\.org[^/\r]/i);
    },
  );

  it('sends on to the name in the request, and the port of HTTPS, if there is no other', async () => {
    const { port, ask } = open(undefined, 3001);
    expect((await ask('/x')).headers.get('location')).toBe('https://127.0.0.1:3001/x');
    const client = await raw(port, 'GET /x HTTP/1.1\r\nHost: a/b@c\r\n\r\n');
    expect(await client.closed()).toContain('400 Bad Request');
  });

  it('answers a token that a directory checks, by GET and only while it waits', async () => {
    const { ask, challenges } = open(ORIGIN);
    const forget = challenges.add('token', 'token.thumbprint');
    const found = await ask(`${CHALLENGE}/token`);
    expect([found.status, await found.text()]).toEqual([200, 'token.thumbprint']);
    expect((await ask(`${CHALLENGE}/token`, { method: 'POST' })).status).toBe(404);
    for (const other of ['', '/', '/token/', '/other', '/%74oken']) {
      const reply = await ask(`${CHALLENGE}/${other}`);
      expect([reply.status, await reply.text()]).not.toContain('token.thumbprint');
      expect(reply.headers.get('location')?.startsWith(`${ORIGIN}/`) ?? true).toBe(true);
    }
    forget();
    const gone = await ask(`${CHALLENGE}/token`);
    expect([gone.status, await gone.text()]).toEqual([404, '']);
  });

  it('closes a connection whose request can be read in two ways', async () => {
    const { port } = open(ORIGIN);
    const client = await raw(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n',
    );
    expect(await client.closed()).toBe('');
  });
});
