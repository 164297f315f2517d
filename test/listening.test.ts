import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryDatabase } from './support/server/database.ts';
import { type ParleyProcess, startParley } from './support/server/parley-process.ts';
import { freePort } from './support/server/process.ts';

/** File descriptors that the server may open. */
const LIMIT = 160;

const sockets = new Set<Socket>();
let server: ParleyProcess | undefined;
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await server?.stop('SIGKILL');
});

/** @returns whether the connection was accepted */
function open(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  sockets.add(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
  });
}

describe('a server without free file descriptors', () => {
  it('stops accepting connections, keeps serving those it has, and accepts again when some are free', async () => {
    const port = await freePort();
    server = await startParley(
      { PORT: String(port), DATABASE_PATH: temporaryDatabase() },
      (command, ...args) => ['sh', ['-c', `ulimit -n ${LIMIT}; exec "$0" "$@"`, command, ...args]],
    );
    const kept = connect(port, '127.0.0.1');
    sockets.add(kept);
    for (let i = 0; i < 2 * LIMIT; i++) await open(port);
    await server.says(/no file descriptors left/);
    expect(await open(port), 'while there are none').toBe(false);

    // Often enough that the server checks several times whether some are free.
    for (let i = 0; i < 1_000; i++) {
      kept.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const [reply] = await new Promise<Buffer[]>((resolve) => kept.once('data', (data) => resolve([data])));
      expect(String(reply)).toContain('200 OK');
    }
    expect(server.output(), 'its own closed listen socket is not enough').not.toContain('free again');

    for (const socket of sockets) if (socket !== kept) socket.destroy();
    await server.says(/file descriptors are free again/);
    expect(await open(port)).toBe(true);
  });
});
