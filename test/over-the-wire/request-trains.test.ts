import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { REQUESTS_PER_TURN } from '../../src/http/server/router.ts';
import { startStage } from './stage.ts';

/** More than uWS reads at once (512 KiB). */
const TRAIN = 8_000;

function post(path: string, body: string): string {
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
}

describe('many pipelined requests on one connection', () => {
  it.each([
    ['a refused refresh', post('/auth/refresh', '{"refreshToken":"nonsense"}')],
    ['a guest with brackets', post('/auth/guest', '[[[[')],
    ['an unknown path', 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a token that is missing', 'GET /auth/me HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('is answered a few in a turn, then closed: %s', async (_, request) => {
    const { server } = await startStage();
    const socket = connect(server.port, '127.0.0.1');
    const replies: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => replies.push(chunk));
    socket.on('error', () => {});
    socket.write(request.repeat(TRAIN));
    await once(socket, 'close');
    const answered = Buffer.concat(replies).toString('latin1').split('HTTP/1.1 4').length - 1;
    expect(answered).toBeLessThanOrEqual(2 * REQUESTS_PER_TURN);
  });

  it('don’t affect many clients that send one request each', async () => {
    const { server } = await startStage();
    const statuses = await Promise.all(
      Array.from({ length: 4 * REQUESTS_PER_TURN }, async () => (await fetch(`${server.url}/health`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
