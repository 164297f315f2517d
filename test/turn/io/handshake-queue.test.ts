import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HandshakeQueue } from '../../../src/turn/io/handshake-queue.ts';
import { makeCertificate } from '../../support/server/certificate.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

/** The first message of a TLS client. */
let hello: Buffer;
beforeAll(async () => {
  hello = await new Promise<Buffer>((resolve) => {
    const wire = new Duplex({ read() {}, write: (chunk: Buffer) => resolve(chunk) });
    connectTls({ socket: wire }).on('error', () => {});
  });
});

/** A listener whose connections wait for turns, which the test runs. */
async function listening(idleMs = 60_000) {
  const started: Socket[] = [];
  const arrived: Socket[] = [];
  const due: (() => void)[] = [];
  const turns = new HandshakeQueue({
    idleMs,
    nextTurn: (run) => due.push(run),
    start: (socket) => started.push(socket),
  });
  const server = createServer((socket) => {
    arrived.push(socket);
    socket.on('error', () => {});
    turns.add(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    started,
    arrived,
    turn: () => due.splice(0).map((run) => run()).length,
    async dial(...parts: readonly Buffer[]): Promise<Socket> {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      open.push(() => socket.destroy());
      socket.on('error', () => {});
      await once(socket, 'connect');
      for (const part of parts) await new Promise((sent) => socket.write(part, sent));
      return socket;
    },
  };
}

const soon = { interval: 5, timeout: 10_000 };

describe('TLS handshakes', () => {
  it('start one per turn, however many came at once', async () => {
    const { started, turn, arrived, dial } = await listening();
    await Promise.all(Array.from({ length: 20 }, () => dial(hello)));
    await expect.poll(() => arrived.filter((socket) => socket.isPaused()).length, soon).toBe(20);
    expect(started).toEqual([]);
    for (let count = 1; count <= 20; count++) {
      expect(turn()).toBe(1);
      expect(started).toHaveLength(count);
    }
    expect(turn()).toBe(0);
  });

  it('wait for the rest of the first record, and lose no byte', async () => {
    const { started, turn, dial } = await listening();
    const slow = await dial(hello.subarray(0, 1), hello.subarray(1, 4), hello.subarray(4, 100));
    await dial(hello);
    await expect.poll(() => turn(), soon).toBe(1);
    expect(turn()).toBe(0);
    expect(started).toHaveLength(1);
    slow.write(Buffer.concat([hello.subarray(100), Buffer.from('more')]));
    await expect.poll(() => turn(), soon).toBe(1);
    expect(started[1]?.read()).toEqual(Buffer.concat([hello, Buffer.from('more')]));
  });

  it('close the connection if its first bytes are something else, or if none come', async () => {
    const { dial, started } = await listening(50);
    for (const first of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff', '', '\x16\x03']) {
      const socket = await dial(Buffer.from(first, 'latin1'));
      socket.resume();
      await once(socket, 'close');
    }
    expect(started).toEqual([]);
  });

  it('take no turn if the connection was closed meanwhile', async () => {
    const { started, turn, arrived, dial } = await listening();
    await dial(hello);
    await expect.poll(() => arrived.filter((socket) => socket.isPaused()).length, soon).toBe(1);
    const [first] = arrived;
    first?.destroy();
    await dial(hello);
    await expect.poll(() => arrived.filter((socket) => socket.isPaused()).length, soon).toBe(2);
    expect(turn()).toBe(1);
    expect(started).toEqual([arrived[1]]);
  });

  it('succeed after waiting', async () => {
    const certificate = await makeCertificate();
    open.push(() => certificate.remove());
    const { certText: cert, pkey } = certificate;
    const key = readFileSync(pkey, 'utf8');
    const secure = createTlsServer({ cert, key }, (socket) => socket.end('welcome'));
    const turns = new HandshakeQueue({
      idleMs: 60_000,
      nextTurn: (run) => void setImmediate(run),
      start: (socket) => void secure.emit('connection', socket),
    });
    const server = createServer((socket) => turns.add(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const words = Array.from({ length: 20 }, async () => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
      const [word] = await once(socket, 'data');
      return String(word);
    });
    expect(new Set(await Promise.all(words))).toEqual(new Set(['welcome']));
  });
});
