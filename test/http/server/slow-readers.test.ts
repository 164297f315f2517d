import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { folderTree } from '../../../src/lib/own-files.ts';
import { builtSite, SITE, startHttp } from './harness.ts';
import { raw, request } from './raw.ts';

/** More bytes than kernels buffer for a connection. */
const LARGE_BYTES = 24 * 1_048_576;
const LARGE = randomBytes(LARGE_BYTES / 2).toString('hex');
const GET = request('GET /assets/large.txt');

const start = () => startHttp({ dist: folderTree(builtSite({ ...SITE, 'web/large.txt': LARGE })) });

async function paused(port: number, bytes: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.pause();
  socket.write(bytes, 'latin1');
  return socket;
}

/** Reads until `length` bytes of a body have arrived, or the connection ends. */
async function body(socket: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let missing = length;
  await new Promise<void>((done) => {
    socket.resume();
    socket.once('close', () => done());
    socket.on('data', (chunk) => {
      // The headers come first, and in one piece, because they are shorter than a packet.
      if (chunks.push(chunk) === 1) missing += chunk.indexOf('\r\n\r\n') + 4;
      missing -= chunk.length;
      if (missing <= 0) done();
    });
  });
  socket.pause().removeAllListeners('data');
  const all = Buffer.concat(chunks);
  return all.subarray(all.indexOf('\r\n\r\n') + 4);
}

const digest = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a large answer', () => {
  it('arrives whole if the client begins to read late, and leaves the connection open for the next', async () => {
    const { port, get } = await start();
    const socket = await paused(port, GET);
    // The server has written what the kernel takes, and serves others in the meantime.
    for (let turn = 0; turn < 20; turn += 1) expect((await get('/health')).status).toBe(200);
    expect(digest(await body(socket, LARGE_BYTES))).toBe(digest(LARGE));
    socket.write(request('GET /ready'));
    expect(String(await body(socket, '{"status":"ready","certificate":"none"}'.length))).toBe(
      '{"status":"ready","certificate":"none"}',
    );
    socket.destroy();
  });

  it('ends with its connection if a request is pipelined behind it before it is read', async () => {
    const { port, get } = await start();
    const socket = await paused(port, GET + request('GET /health'));
    expect((await get('/health')).status).toBe(200);
    expect((await body(socket, LARGE_BYTES)).length).toBeLessThan(LARGE_BYTES);
    expect(socket.destroyed).toBe(true);
  });

  it('ends with its connection if the client reads nothing for 10 s', async () => {
    const { port, get } = await start();
    const socket = await paused(port, GET);
    expect((await get('/health')).status).toBe(200);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    // A paused socket doesn't notice its end; a byte that is sent too late is answered with a reset.
    const knock = setInterval(() => socket.write('\r\n'), 500);
    await closed.finally(() => clearInterval(knock));
  });
});

describe('an answer without a body', () => {
  const kinds: readonly (readonly [what: string, bytes: string])[] = [
    ['HEAD', request('HEAD /client.js')],
    ['304', request('GET /client.js', ['If-None-Match: *'])],
    ['204', request('OPTIONS /rooms')],
  ];
  for (const [what, bytes] of kinds) {
    it(`leaves the connection open, until there are many of them: ${what}`, async () => {
      const { port, clock } = await startHttp();
      const many = await raw(port, bytes.repeat(65));
      const received = await many.closed();
      const statuses = received.match(/HTTP\/1\.1 20[04]|HTTP\/1\.1 304/g) ?? [];
      expect(statuses).toHaveLength(65);
      expect(received).toMatch(/\r\nConnection: close\r\n\r\n$/);
      clock.advance(1_000);
      const one = await raw(port, bytes + request('GET /ready'));
      expect(await one.until(/"ready"/)).not.toContain('Connection: close');
    });
  }
});
