import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StreamConnection, StreamReceiver } from '../../../src/turn/core/relay-io.ts';
import { listenStream, MAX_BUFFERED_BYTES } from '../../../src/turn/io/stream.ts';
import { makeCertificate } from '../../support/server/certificate.ts';

const MESSAGE_BYTES = 16_384;
/** More bytes than the kernel buffers at both ends of a connection. */
const MUCH_BYTES = 64 * 2 ** 20;

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

let certificate: { cert: string; key: string };
beforeAll(async () => {
  const made = await makeCertificate();
  certificate = { cert: made.certText, key: readFileSync(made.pkey, 'utf8') };
  made.remove();
});

type Transport = 'tcp' | 'tls';

/** Both ends of a connection; the client doesn't read until it is told to. */
async function connected(transport: Transport, receiver: Partial<StreamReceiver> = {}) {
  let accept = (_connection: StreamConnection) => {};
  const accepted = new Promise<StreamConnection>((resolve) => {
    accept = resolve;
  });
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const listener = await listenStream('127.0.0.1', 0, encrypted(transport), (connection) => {
    accept(connection);
    return { data: () => begin(), closed() {}, ...receiver };
  });
  open.push(() => listener.close());
  const { port } = listener.local;
  const client: Socket =
    transport === 'tls'
      ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
      : connectTcp({ host: '127.0.0.1', port });
  client.on('error', () => {});
  client.pause();
  open.push(() => client.destroy());
  // With TLS the connection is accepted before its handshake, and the first byte comes after it.
  client.write('.');
  await begun;
  return { client, connection: await accepted };
}

function encrypted(transport: Transport) {
  return transport === 'tls' ? certificate : undefined;
}

/** Writes numbered messages until one is dropped. @returns how many were accepted */
async function fill(connection: StreamConnection, answer = false): Promise<number> {
  for (let taken = 0; taken * MESSAGE_BYTES < MUCH_BYTES; taken++) {
    const message = Buffer.alloc(MESSAGE_BYTES);
    message.writeUInt32BE(taken);
    if (!connection.write(message, answer)) {
      // The kernel may take bytes late, so the buffer is full only if a write is refused twice.
      await new Promise((resolve) => setImmediate(resolve));
      if (!connection.write(message, answer)) return taken;
    }
  }
  throw new Error('nothing was ever dropped');
}

describe.each<Transport>(['tcp', 'tls'])('a %s connection whose client does not read', (transport) => {
  it('drops whole messages above MAX_BUFFERED_BYTES, stays open, and accepts more when the client reads again', async () => {
    const { client, connection } = await connected(transport);
    const taken = await fill(connection);
    expect(taken * MESSAGE_BYTES).toBeGreaterThan(MAX_BUFFERED_BYTES);
    // Responses have room of their own above it.
    const answers = await fill(connection, true);
    expect(answers).toBeGreaterThan(0);
    const read = readNumbers(client);
    client.resume();
    await expect.poll(() => read.numbers.length, { timeout: 20_000 }).toBe(taken + answers);
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
    expect(read.numbers).toEqual([...upTo(taken), ...upTo(answers)]);
    const last = Buffer.alloc(MESSAGE_BYTES);
    last.writeUInt32BE(7);
    expect(connection.write(last, false)).toBe(true);
    await expect.poll(() => read.numbers.length).toBe(taken + answers + 1);
  });
});

describe.each<Transport>(['tcp', 'tls'])('a %s connection', (transport) => {
  it('tells its receiver when it closes, and drops later writes', async () => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { client, connection } = await connected(transport, { closed: () => end() });
    client.destroy();
    await ended;
    expect(connection.write(Buffer.alloc(1), false)).toBe(false);
  });

  it('closes at once', async () => {
    const { client, connection } = await connected(transport);
    const ended = new Promise<void>((resolve) => client.on('close', () => resolve()));
    client.resume();
    connection.close();
    await ended;
  });
});

describe('a TLS listener', () => {
  /** Connects by TCP, without a handshake. */
  function plainClient(port: number): Socket {
    const client = connectTcp({ host: '127.0.0.1', port });
    client.on('error', () => {});
    open.push(() => client.destroy());
    return client;
  }

  it('accepts a connection before its handshake, so that one that never makes it counts and can be closed', async () => {
    let ended = () => {};
    const closed = new Promise<void>((resolve) => {
      ended = resolve;
    });
    let accept = (_connection: StreamConnection) => {};
    const accepted = new Promise<StreamConnection>((resolve) => {
      accept = resolve;
    });
    const listener = await listenStream('127.0.0.1', 0, certificate, (connection) => {
      accept(connection);
      return { data() {}, closed: () => ended() };
    });
    open.push(() => listener.close());
    const client = plainClient(listener.local.port);
    const gone = new Promise<void>((resolve) => client.on('close', () => resolve()));
    const connection = await accepted;
    expect(connection.write(Buffer.alloc(1), true)).toBe(false);
    connection.close();
    await Promise.all([closed, gone]);
  });

  it('spends no handshake on a refused connection', async () => {
    const listener = await listenStream('127.0.0.1', 0, certificate, (connection) => {
      connection.close();
      return { data() {}, closed() {} };
    });
    open.push(() => listener.close());
    const client = connectTls({ host: '127.0.0.1', port: listener.local.port, rejectUnauthorized: false });
    client.on('error', () => {});
    let secured = false;
    client.on('secureConnect', () => {
      secured = true;
    });
    await new Promise<void>((resolve) => client.on('close', () => resolve()));
    expect(secured).toBe(false);
  });
});

describe.each<Transport>(['tcp', 'tls'])('a %s connection that is paused', (transport) => {
  it('delivers no bytes until it is resumed, and then all of them in order', async () => {
    const chunks: Buffer[] = [];
    let first = () => {};
    const begun = new Promise<void>((resolve) => {
      first = resolve;
    });
    let paused: StreamConnection | undefined;
    let accept = (_connection: StreamConnection) => {};
    const accepted = new Promise<StreamConnection>((resolve) => {
      accept = resolve;
    });
    const listener = await listenStream('127.0.0.1', 0, encrypted(transport), (connection) => {
      accept(connection);
      return {
        data(chunk) {
          expect(paused).toBeUndefined();
          chunks.push(chunk);
          paused = connection;
          connection.pause();
          first();
        },
        closed() {},
      };
    });
    open.push(() => listener.close());
    const { port } = listener.local;
    const client =
      transport === 'tls'
        ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
        : connectTcp({ host: '127.0.0.1', port });
    client.on('error', () => {});
    open.push(() => client.destroy());
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    client.write(sent);
    await accepted;
    await begun;
    const received = () => Buffer.concat(chunks).length;
    await expect
      .poll(
        () => {
          const connection = paused;
          paused = undefined;
          connection?.resume();
          return received();
        },
        { interval: 1, timeout: 10_000 },
      )
      .toBe(sent.length);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });
});

function readNumbers(client: Socket): { readonly numbers: number[] } {
  const numbers: number[] = [];
  let kept = Buffer.alloc(0);
  client.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    for (; kept.length >= MESSAGE_BYTES; kept = kept.subarray(MESSAGE_BYTES)) {
      numbers.push(kept.readUInt32BE());
    }
  });
  return { numbers };
}
