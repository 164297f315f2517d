import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';

const MIB = 1_048_576;
/** Bytes of requests that one connection sends without reading a reply. With `response.end` they took 100 MiB to 10 GiB. */
const TRAIN_BYTES = 8 * MIB;
/** Bytes that all of them may take: one response, and garbage that V8 had no reason to collect. */
const MAX_BYTES = 48 * MIB;
let folder: string;
let server: ParleyProcess;
let port: number;
/** Resident bytes of the idle server. */
let atRest: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-unread-'));
  port = await freePort();
  server = await startParley({ PORT: String(port), DATABASE_PATH: join(folder, 'parley.db') });
  await settled();
  atRest = memory('VmRSS');
});
afterAll(async () => {
  await server.stop('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Resident bytes of the server now (`VmRSS`), or their peak since `forgetPeak` (`VmHWM`). */
function memory(line: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(new RegExp(`${line}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024;
}

function forgetPeak(): void {
  writeFileSync(`/proc/${server.pid}/clear_refs`, '5');
}

/** A connection that sends and never reads. */
async function deaf(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.pause();
  return socket;
}

/** Resolves when the server has read all of `bytes`, or has closed the connection. */
async function deliver(socket: Socket, bytes: string): Promise<void> {
  socket.write(bytes, 'latin1');
  await expect
    .poll(() => socket.destroyed || (socket.writableLength === 0 && inKernel(socket) === 0), {
      timeout: 60_000,
    })
    .toBe(true);
  await settled();
}

/** Bytes that the client's kernel hasn't sent yet, or the server's kernel hasn't passed on. */
function inKernel({ localPort = 0 }: Socket): number {
  const hex = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');
  const [ours, theirs] = [`:${hex(localPort)} \\w+:${hex(port)}`, `:${hex(port)} \\w+:${hex(localPort)}`];
  const table = readFileSync('/proc/net/tcp', 'utf8');
  const queues = (ends: string) => new RegExp(`${ends} \\w\\w (\\w+):(\\w+)`).exec(table) ?? [];
  const [, unsent = '0'] = queues(ours);
  const [, , unread = '0'] = queues(theirs);
  return Number.parseInt(unsent, 16) + Number.parseInt(unread, 16);
}

async function settled(): Promise<void> {
  await (await fetch(`${server.url}/health`)).text();
}

const FILES = ['/client.js', '/client.d.ts'];
const page = readFileSync(join(import.meta.dirname, '../../dist/web/index.html'), 'utf8');
const SCRIPT = /src="(\/assets\/[^"]+)"/.exec(page)?.[1] ?? '';
const HOST = 'Host: a';
const request = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, HOST, ...headers, '', ''].join('\r\n');

const kinds: readonly (readonly [what: string, bytes: string])[] = [
  ...[...FILES, SCRIPT].map((path) => [`GET ${path}`, request(`GET ${path}`)] as const),
  ['a file, compressed', request('GET /client.d.ts', 'Accept-Encoding: gzip')],
  ['the page', request('GET /', 'Accept: text/html')],
  ['a small answer', request('GET /health')],
  ['metrics', request('GET /metrics')],
  ['a path that is not there', request('GET /x')],
  ['a method that is not allowed', request('DELETE /health')],
  ['a redirect', request('GET /connect/x', 'Accept: text/html')],
  ['HEAD', request('HEAD /client.js')],
  ['HEAD of a path that is not there', request('HEAD /x')],
  ['a file that the client has (304)', request('GET /client.js', 'If-None-Match: *')],
  ['OPTIONS (204)', request('OPTIONS /rooms')],
  ['a request without a token', request('GET /auth/me')],
  ['a refused body', `${request('POST /auth/guest', 'Content-Length: 1')}[`],
  [
    'an upgrade from a foreign origin',
    request(
      'GET /ws',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'Origin: https://other.example',
    ),
  ],
];

describe('replies that nobody reads', () => {
  for (const [what, bytes] of kinds) {
    it(`take little memory if one connection sends many requests: ${what}`, async () => {
      forgetPeak();
      const socket = await deaf();
      await deliver(socket, bytes.repeat(Math.ceil(TRAIN_BYTES / bytes.length)));
      expect((memory('VmHWM') - atRest) / MIB).toBeLessThan(MAX_BYTES / MIB);
      socket.destroy();
    });
  }

  it('take little memory if 100 connections request the largest file once each', async () => {
    forgetPeak();
    const sockets = await Promise.all(Array.from({ length: 100 }, deaf));
    for (const socket of sockets) await deliver(socket, request(`GET ${SCRIPT}`));
    expect((memory('VmHWM') - atRest) / MIB).toBeLessThan(MAX_BYTES / MIB);
    for (const socket of sockets) socket.destroy();
  });
});
