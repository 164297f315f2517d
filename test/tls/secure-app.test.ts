import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Pair } from '../../src/tls/certificate.ts';
import { createSecureApp, type SecureApp } from '../../src/tls/secure-app.ts';
import { loadUws } from '../../src/uws/load.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { makeCa, type TestCa } from '../support/tls/ca.ts';

const NAME = 'calls.example.org';
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

let ca: TestCa;
let pairs: Pair[];
beforeAll(() => {
  ca = makeCa();
  pairs = [1, 2, 3].map(() => ca.issue([NAME]));
});

function listen(pair: Pair): { app: SecureApp; port: number } {
  const uws = loadUws();
  const app = createSecureApp({ uws, pair, folder: temporaryFolder() });
  app.routes.any('/*', (response, request) => void response.end(`at ${request.getUrl()}`));
  app.routes.ws('/ws', { message: (socket, message) => void socket.send(message) });
  app.use(pair);
  let port = 0;
  app.door.listen('127.0.0.1', 0, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
    if (socket !== false) port = uws.us_socket_local_port(socket);
  });
  cleanups.push(() => app.close());
  return { app, port };
}

async function dial(port: number, servername: string | undefined): Promise<TLSSocket> {
  const options = { host: '127.0.0.1', port, ca: ca.cert, checkServerIdentity: () => undefined };
  const socket = connect({ ...options, ...(servername === undefined ? {} : { servername }) });
  await once(socket, 'secureConnect');
  cleanups.push(() => socket.destroy());
  return socket;
}

const certificateOf = (socket: TLSSocket) => socket.getPeerCertificate().raw.toString('base64');
const derOf = ({ cert }: Pair) => (cert.split('-----END')[0] ?? '').replace(/-----.*-----|\s/g, '');

async function ask(socket: TLSSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${NAME}\r\n\r\n`);
  const [reply] = await once(socket, 'data');
  return String(reply).split('\r\n\r\n')[1] ?? '';
}

describe('HTTPS', () => {
  it.each([undefined, NAME, 'other.example.org'])(
    'gives a new certificate to new connections with the server name %s, and keeps those that are open',
    async (servername) => {
      const [first, second, third] = pairs as [Pair, Pair, Pair];
      const { app, port } = listen(first);
      const old = await dial(port, servername);
      expect(certificateOf(old)).toBe(derOf(first));
      expect(await ask(old, '/1')).toBe('at /1');
      const options = { ca: ca.cert, servername: NAME };
      const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, options);
      await once(socket, 'open');
      cleanups.push(() => socket.terminate());
      for (const next of [second, third, first]) {
        app.use(next);
        expect(certificateOf(await dial(port, servername))).toBe(derOf(next));
      }
      expect(await ask(old, '/2'), 'a kept connection').toBe('at /2');
      socket.send('still here');
      expect(String((await once(socket, 'message'))[0])).toBe('still here');
    },
  );

  it('refuses no connection while certificates change', async () => {
    const { app, port } = listen(pairs[0] as Pair);
    const dials = Array.from({ length: 60 }, async (_, index) => {
      if (index % 3 === 0) app.use(pairs[index % pairs.length] as Pair);
      return ask(await dial(port, NAME), `/${index}`);
    });
    expect(await Promise.all(dials)).toEqual(dials.map((_, index) => `at /${index}`));
  });

  it('keeps what it had if it cannot use a pair', async () => {
    const [first, second] = pairs as [Pair, Pair];
    const { app, port } = listen(first);
    expect(() => app.use({ cert: first.cert, key: second.key })).toThrow();
    expect(certificateOf(await dial(port, NAME))).toBe(derOf(first));
  });

  it('leaves no key behind, and takes TLS 1.2 and later only', async () => {
    const { port } = listen(pairs[0] as Pair);
    for (const folder of ['/dev/shm', '/tmp'].filter(existsSync)) {
      expect(readdirSync(folder).filter((name) => name.startsWith('parley-tls-'))).toEqual([]);
    }
    const old = connect({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
  });
});
