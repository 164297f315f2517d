import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, STATUS_CODES } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Config } from '../../config/config.ts';
import { createAddressResolver, networkSet } from '../../lib/addresses.ts';
import { DOCTOR_HEADER, makeAnswer, nonceOf } from '../../lib/doctor-proof.ts';
import { allowOrigins } from '../../lib/origins.ts';
import { CLOSE } from '../../protocol/codes.ts';
import { readPair } from '../../tls/pair-files.ts';
import { WEBSOCKET_GUID } from './http-probe.ts';

/** Answers in the server's place while none runs. */
export interface StandIn {
  close(): void;
}

interface StandInDeps {
  readonly config: Config;
  /** With which it proves itself. */
  readonly secret: string;
  readonly now: () => number;
}

/**
 * Listens where the server would, and answers the doctor's requests as the server does, so that a proxy can be examined
 * before the first start.
 * @returns undefined if it can't: the port is another's, or there is no certificate for HTTPS
 */
export async function startStandIn({ config, secret, now }: StandInDeps): Promise<StandIn | undefined> {
  const { host, port, tls, publicUrl, corsOrigins } = config;
  if (port === 0) return undefined;
  const reply = repliesOf(config, secret, now);
  const answer: RequestListener = (request, response) => {
    const { status, headers = {}, body } = reply(request, false);
    response.writeHead(status, headers).end(body);
  };
  const server = tls === undefined ? createServer(answer) : secureServer(config, answer, now());
  if (server === undefined) return undefined;
  const allowsOrigin = allowOrigins(corsOrigins, publicUrl);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    // A proxy may reset the connection.
    socket.on('error', () => {});
    const { origin, host: asked = '' } = request.headers;
    if (!request.url?.startsWith('/ws')) socket.end(asText(reply(request, true)));
    else if (origin !== undefined && !allowsOrigin(origin, asked)) socket.end(asText({ status: 403 }));
    else socket.end(upgraded(request.headers['sec-websocket-key'] ?? ''));
  });
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function secureServer({ tls }: Config, answer: RequestListener, now: number) {
  if (tls?.source.kind !== 'files') return undefined;
  const checked = readPair(tls.source.cert, tls.source.key, { name: tls.name, now });
  return 'fault' in checked ? undefined : createSecureServer(checked.certificate, answer);
}

interface StandInReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function repliesOf({ trustedProxies }: Config, secret: string, now: () => number) {
  const isTrusted = networkSet(trustedProxies);
  const resolveAddress = createAddressResolver(trustedProxies);
  return ({ httpVersion, headers, socket }: IncomingMessage, isUpgrade: boolean): StandInReply => {
    // As uWebSockets.js does.
    if (httpVersion === '1.0') return { status: 505 };
    const nonce = nonceOf(secret, String(headers[DOCTOR_HEADER] ?? ''));
    if (nonce === undefined) return { status: 503, headers: { 'Retry-After': '10' } };
    const { remoteAddress: peer = '' } = socket;
    const forwardedFor = String(headers['x-forwarded-for'] ?? '');
    const answer = {
      peer,
      address: resolveAddress(peer, forwardedFor),
      isForwarded: forwardedFor !== '',
      isUpgrade,
      isTrusted: isTrusted(peer),
      now: now(),
      descriptors: null,
      settings: {},
    };
    return {
      status: 200,
      headers: { [DOCTOR_HEADER]: makeAnswer(secret, nonce, answer) },
      body: '{"status":"ok"}',
    };
  };
}

function asText({ status, headers = {}, body = '' }: StandInReply): string {
  const lines = Object.entries({ ...headers, 'Content-Length': body.length, Connection: 'close' });
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** The answer to an upgrade, and a close frame as a client without a token gets it. */
function upgraded(key: string): Buffer {
  const accept = createHash('sha1')
    .update(key + WEBSOCKET_GUID)
    .digest('base64');
  const head =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: parley.v1\r\n\r\n`;
  const frame = Buffer.from([0x88, 2, 0, 0]);
  frame.writeUInt16BE(CLOSE.unauthorized, 2);
  return Buffer.concat([Buffer.from(head), frame]);
}
