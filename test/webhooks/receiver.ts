import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';
import { until } from '../support/until.ts';

/** What signs in tests, as `WEBHOOK_SECRET` has it. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Answer = (response: ServerResponse, received: Received) => void;

export interface Receiver {
  /** Its address, with a path that the receiver tells endpoints apart by. */
  url(path?: string): string;
  /** What has come, in this order. */
  readonly received: readonly Received[];
  /** Says how to answer from now on. Default: 204. */
  answer(answer: Answer): void;
  /** Waits until so many requests have come. @returns the last of them */
  take(count: number): Promise<Received>;
}

/** A real HTTP server that takes webhooks. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer: Answer = (response) => response.writeHead(204).end();
  const server = createServer((request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const one = { path: request.url ?? '', headers, body: Buffer.concat(parts).toString() };
      received.push(one);
      answer(response, one);
    });
  });
  // A test whose clock leaps may take longer than five seconds of real time: a connection that is closed as idle just when a
  // try is sent on it would be a failed try that nobody receives.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: (path = '/') => `http://127.0.0.1:${port}${path}`,
    received,
    answer(next) {
      answer = next;
    },
    async take(count) {
      await until(() => received.length >= count);
      const last = received[count - 1];
      if (last === undefined) throw new TypeError('nothing has come');
      return last;
    },
  };
}

/** What was said, verified by the specification's own library. @throws if it isn't signed with `secret` */
export function said({ body, headers }: Received, secret = SECRET) {
  new Webhook(secret).verify(body, headers);
  const { type, timestamp, data } = JSON.parse(body);
  return { id: headers['webhook-id'] ?? '', type, timestamp, data };
}

/** What was said so far, in the order of each room. An event that came more than once is in it once. */
export function told({ received }: Pick<Receiver, 'received'>) {
  const events = new Map(received.map((one) => [one.headers['webhook-id'], said(one)]));
  return [...events.values()].map(({ type, data }) => ({ type, ...data }));
}
