import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type Server as TlsServer } from 'node:tls';
import { TURN_ANSWER_BYTES, TURN_CONNECTIONS, TURN_WRITE_BYTES } from '../../protocol/limits.ts';
import type { ClientAddress, ListenerAddress, StreamConnection, StreamReceiver } from '../core/relay-io.ts';

/** Milliseconds for a TLS handshake. */
const HANDSHAKE_MS = 10_000;
const MIN_TLS = 'TLSv1.2';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface StreamListener {
  readonly local: ListenerAddress;
  /**
   * New connections get this certificate; those that are open go on with theirs.
   * @throws OpenSSL's error if the certificate is not good
   */
  renew(certificate: Certificate): void;
  /** Takes no more connections; those that are open are their receivers' to close. */
  close(): void;
}

/** Takes a connection in and says who gets its bytes. */
export type Accept = (
  connection: StreamConnection,
  client: ClientAddress,
  local: ListenerAddress,
) => StreamReceiver;

/**
 * Listens on TCP, under TLS where a certificate is given.
 * @param port 0: any free one
 * @returns rejects with the system's error (EADDRINUSE …), or with OpenSSL's where the certificate is not good
 */
export async function listenStream(
  address: string,
  port: number,
  certificate: Certificate | undefined,
  accept: Accept,
): Promise<StreamListener> {
  const secure = certificate === undefined ? undefined : tlsServer(certificate, accept);
  const server = secure ?? plainServer(accept);
  server.maxConnections = TURN_CONNECTIONS;
  const bound = await listening(server, address, port);
  // Such as EMFILE at accept: the next one may work again.
  server.on('error', () => {});
  return {
    local: { address, port: bound },
    renew: (renewed) => secure?.setSecureContext({ ...renewed, minVersion: MIN_TLS }),
    close: () => void server.close(),
  };
}

function plainServer(accept: Accept): Server {
  return createServer({ noDelay: true }, (socket) => open(socket, accept));
}

function tlsServer(certificate: Certificate, accept: Accept): TlsServer {
  const server = createTlsServer(
    { ...certificate, minVersion: MIN_TLS, handshakeTimeout: HANDSHAKE_MS },
    (socket) => {
      socket.setNoDelay(true);
      open(socket, accept);
    },
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function listening(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only: address.includes(':'), exclusive: true }, () => {
      server.off('error', reject);
      const at = server.address();
      resolve(typeof at === 'object' && at !== null ? at.port : port);
    });
  });
}

function open(socket: Socket | TLSSocket, accept: Accept): void {
  socket.on('error', () => socket.destroy());
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  // Already gone.
  if (remoteAddress === undefined || remotePort === undefined) return void socket.destroy();
  const receiver = accept(
    socket instanceof TLSSocket ? new TlsConnection(socket) : new OpenConnection(socket),
    { address: remoteAddress, port: remotePort },
    { address: localAddress ?? '', port: localPort ?? 0 },
  );
  socket.on('data', (chunk: Buffer) => receiver.data(chunk));
  // A half-closed connection can't be answered in any useful way.
  socket.on('end', () => socket.destroy());
  socket.on('close', () => receiver.closed());
}

/** Data never takes what is set apart for answers, not even by its last message. */
function boundOf(answer: boolean): number {
  return answer ? TURN_WRITE_BYTES + TURN_ANSWER_BYTES : TURN_WRITE_BYTES;
}

class OpenConnection implements StreamConnection {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(buffer: Buffer, answer: boolean): boolean {
    // A reader that is slower than its media gets less of it, as on UDP.
    const waiting = this.#socket.writableLength + buffer.length;
    if (!this.#socket.writable || waiting > boundOf(answer)) return false;
    this.#socket.write(buffer);
    return true;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/**
 * Under TLS each message is a record of its own, as coturn writes them: there are clients, its own among them, that
 * take what one read of TLS gives for one message. Node joins writes that wait into one record, so none waits in Node.
 */
class TlsConnection implements StreamConnection {
  readonly #socket: TLSSocket;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing = false;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  write(buffer: Buffer, answer: boolean): boolean {
    const waiting = this.#waitingBytes + buffer.length;
    if (!this.#socket.writable || waiting > boundOf(answer)) return false;
    this.#waiting.push(buffer);
    this.#waitingBytes = waiting;
    if (!this.#writing) this.#writeNext();
    return true;
  }

  close(): void {
    this.#socket.destroy();
  }

  readonly #writeNext = (): void => {
    const next = this.#waiting.shift();
    this.#writing = next !== undefined && this.#socket.writable;
    if (next === undefined || !this.#writing) return;
    this.#waitingBytes -= next.length;
    this.#socket.write(next, this.#writeNext);
  };
}
