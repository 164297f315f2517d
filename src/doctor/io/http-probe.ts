import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type SeenCertificate, seenCertificate } from './seen-certificate.ts';

interface Question {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Name for SNI and the certificate, if it isn't the URL's. */
  readonly servername?: string | undefined;
  /** Whether to ask for a WebSocket. */
  readonly upgrade?: boolean;
  /** Max milliseconds until the answer is complete. */
  readonly timeoutMs: number;
}

/** What came back. A certificate that a browser would refuse is no failure here; `certificate.fault` tells of it. */
export type Reached =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: ReadonlyMap<string, string>;
      /** The beginning of the body. */
      readonly body: string;
      readonly certificate: SeenCertificate | undefined;
      /** The address of this end of the connection. */
      readonly localAddress: string;
    }
  /** `closeCode`: with which the server closed the WebSocket; undefined if it didn't within the time. */
  | { readonly kind: 'upgraded'; readonly closeCode: number | undefined; readonly protocol: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Max characters of a body that are kept. */
const BODY = 4_096;
/** RFC 6455 §1.3. */
export const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Sends a GET, follows no redirect and accepts any certificate. Never rejects. */
export function probe({
  url,
  headers = {},
  servername,
  upgrade = false,
  timeoutMs,
}: Question): Promise<Reached> {
  const key = randomBytes(16).toString('base64');
  const isTls = url.protocol === 'https:';
  return new Promise((resolve) => {
    const request = (isTls ? httpsRequest : httpRequest)(url, {
      agent: false,
      rejectUnauthorized: false,
      ...(servername === undefined || isIP(servername) !== 0 ? {} : { servername }),
      headers: { ...headers, ...(upgrade ? upgradeHeaders(key) : {}) },
    });
    const timer = setTimeout(() => {
      resolve({ kind: 'failed', code: 'ETIMEDOUT', message: `no answer within ${timeoutMs / 1_000} s` });
      request.destroy();
    }, timeoutMs);
    const finish = (reached: Reached) => {
      clearTimeout(timer);
      resolve(reached);
      request.destroy();
    };
    request.on('error', (error) => finish(failureOf(error)));
    request.on(
      'response',
      (response) => void read(response).then(finish, (error) => finish(failureOf(error))),
    );
    request.on('upgrade', (response, socket, head) => {
      socket.on('error', () => {});
      if (response.headers['sec-websocket-accept'] !== acceptOf(key)) {
        finish({ kind: 'failed', code: 'EPROTO', message: 'the upgrade was answered with a wrong key' });
        return;
      }
      const protocol = response.headers['sec-websocket-protocol'] ?? '';
      closeCodeOf(socket, head, (closeCode) => finish({ kind: 'upgraded', closeCode, protocol }));
    });
    request.end();
  });
}

async function read(response: IncomingMessage): Promise<Reached> {
  const { socket, statusCode = 0, headers } = response;
  const { localAddress = '' } = socket;
  const certificate = socket instanceof TLSSocket ? seenCertificate(socket) : undefined;
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    body += chunk;
    if (body.length > BODY) break;
  }
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return {
    kind: 'answered',
    status: statusCode,
    headers: new Map(flat),
    body: body.slice(0, BODY),
    certificate,
    localAddress,
  };
}

function failureOf(error: unknown): Reached {
  if (!(error instanceof Error)) return { kind: 'failed', code: '', message: String(error) };
  // An AggregateError, if several addresses were tried, has an empty message.
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const code = 'code' in error ? String(error.code) : '';
  return { kind: 'failed', code, message: inner instanceof Error ? inner.message : error.message };
}

function upgradeHeaders(key: string): Record<string, string> {
  return {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Protocol': 'parley.v1',
  };
}

function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + WEBSOCKET_GUID)
    .digest('base64');
}

/** Waits for a close frame, which a server sends unmasked and whole (RFC 6455 §5.5). */
function closeCodeOf(socket: Socket, head: Buffer, found: (code: number | undefined) => void): void {
  let bytes = head;
  const look = () => {
    if (bytes.length >= 4 && bytes[0] === 0x88) found(bytes.readUInt16BE(2));
  };
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]).subarray(0, 128);
    look();
  });
  socket.on('end', () => found(undefined)).on('error', () => found(undefined));
  look();
}
