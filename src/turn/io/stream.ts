import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { ClientAddress, ListenerAddress, StreamConnection, StreamReceiver } from '../core/relay-io.ts';
import { HandshakeTurns } from './handshake-queue.ts';

/** Bytes that wait to be read by a TURN client on TCP or TLS; above, datagrams to it are dropped. */
export const TURN_WRITE_BYTES = 262_144;
/** Bytes beyond `TURN_WRITE_BYTES` that are kept for answers to requests: on a stream a client asks only once. */
const TURN_ANSWER_BYTES = 65_536;

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

/** Takes a connection in, a TLS one before its handshake, and says who gets its bytes. May close it at once. */
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
  const server = secure?.server ?? plainServer(accept);
  const bound = await listening(server, address, port);
  // Such as EMFILE at accept: the next one may work again.
  server.on('error', () => {});
  return {
    local: { address, port: bound },
    renew: (renewed) => secure?.renew(renewed),
    close: () => void server.close(),
  };
}

function plainServer(accept: Accept): Server {
  return createServer({ noDelay: true }, (socket) => {
    const receiver = accepted(socket, new OpenConnection(socket), accept);
    if (receiver !== undefined) deliver(socket, receiver);
  });
}

interface SecureServer extends Pick<StreamListener, 'renew'> {
  readonly server: Server;
}

/**
 * Connections are accepted before their handshake, so that those who never finish one count too, and those who are refused
 * cost none. The server that makes the handshakes has no socket of its own.
 */
function tlsServer(certificate: Certificate, accept: Accept): SecureServer {
  const shaking = new Map<string, { connection: TlsConnection; receiver: StreamReceiver }>();
  const handshakes = createTlsServer(
    { ...certificate, minVersion: MIN_TLS, handshakeTimeout: HANDSHAKE_MS },
    (socket) => {
      const waiting = shaking.get(nameOf(socket));
      if (waiting === undefined) return void socket.destroy();
      shaking.delete(nameOf(socket));
      socket.on('error', () => socket.destroy());
      waiting.connection.encrypt(socket);
      deliver(socket, waiting.receiver);
    },
  );
  handshakes.on('tlsClientError', (_error, socket) => socket.destroy());
  const turns = new HandshakeTurns({
    silenceMs: HANDSHAKE_MS,
    nextTurn: (run) => void setImmediate(run),
    start: (socket) => void handshakes.emit('connection', socket),
  });
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new TlsConnection(socket);
    const receiver = accepted(socket, connection, accept);
    if (receiver === undefined) return;
    const name = nameOf(socket);
    shaking.set(name, { connection, receiver });
    socket.on('close', () => {
      if (shaking.get(name)?.receiver === receiver) shaking.delete(name);
    });
    turns.add(socket);
  });
  return {
    server,
    renew: (renewed) => handshakes.setSecureContext({ ...renewed, minVersion: MIN_TLS }),
  };
}

/** Both ends, which no two connections have in common. */
function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
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

/** undefined: the connection is gone already, or was refused. */
function accepted(socket: Socket, connection: StreamConnection, accept: Accept): StreamReceiver | undefined {
  socket.on('error', () => socket.destroy());
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) {
    socket.destroy();
    return undefined;
  }
  const receiver = accept(
    connection,
    { address: remoteAddress, port: remotePort },
    { address: localAddress ?? '', port: localPort ?? 0 },
  );
  socket.on('close', () => receiver.closed());
  return socket.destroyed ? undefined : receiver;
}

function deliver(socket: Socket, receiver: StreamReceiver): void {
  socket.on('data', (chunk: Buffer) => receiver.data(chunk));
  // A half-closed connection can't be answered in any useful way.
  socket.on('end', () => socket.destroy());
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

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
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
  readonly #plain: Socket;
  /** undefined: the handshake isn't finished. */
  #socket: TLSSocket | undefined;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing = false;

  constructor(plain: Socket) {
    this.#plain = plain;
  }

  encrypt(socket: TLSSocket): void {
    this.#socket = socket;
  }

  write(buffer: Buffer, answer: boolean): boolean {
    const waiting = this.#waitingBytes + buffer.length;
    if (this.#socket?.writable !== true || waiting > boundOf(answer)) return false;
    this.#waiting.push(buffer);
    this.#waitingBytes = waiting;
    if (!this.#writing) this.#writeNext();
    return true;
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  close(): void {
    (this.#socket ?? this.#plain).destroy();
  }

  readonly #writeNext = (): void => {
    const next = this.#waiting.shift();
    this.#writing = next !== undefined && this.#socket?.writable === true;
    if (next === undefined || !this.#writing) return;
    this.#waitingBytes -= next.length;
    this.#socket?.write(next, this.#writeNext);
  };
}
