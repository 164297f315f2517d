import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { SocketAddress, StreamConnection, StreamReceiver } from '../core/relay-io.ts';
import { HandshakeQueue } from './handshake-queue.ts';

/** Max bytes in a connection's write buffer for a client that reads slowly; above, application data is dropped. */
export const MAX_BUFFERED_BYTES = 262_144;
/** Bytes of the write buffer reserved for responses besides: on a stream, clients don't retransmit requests. */
export const RESPONSE_BYTES = 65_536;
/** Max milliseconds of a TLS handshake. */
const HANDSHAKE_MS = 10_000;
const MIN_TLS = 'TLSv1.2';

/** Certificate chain and key as PEM text. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface StreamListener {
  readonly local: SocketAddress;
  /**
   * Uses this certificate for new connections.
   * @throws OpenSSL's error if the certificate is invalid
   */
  setCertificate(certificate: Certificate): void;
  /** Stops accepting connections; open ones stay open until their receivers close them. */
  close(): void;
}

/** Called for each new connection, before a TLS handshake. Returns who gets its bytes; may close it at once. */
export type Accept = (
  connection: StreamConnection,
  client: SocketAddress,
  local: SocketAddress,
) => StreamReceiver;

/**
 * Listens on TCP, with TLS if a certificate is given. Rejects with the system's error (EADDRINUSE …), or OpenSSL's if the
 * certificate is invalid.
 * @param port 0: any free one
 */
export async function listenStream(
  address: string,
  port: number,
  certificate: Certificate | undefined,
  accept: Accept,
): Promise<StreamListener> {
  const secure = certificate === undefined ? undefined : tlsServer(certificate, accept);
  const server = secure?.server ?? plainServer(accept);
  const boundPort = await listening(server, address, port);
  // Such as EMFILE on accept, which may work the next time.
  server.on('error', () => {});
  return {
    local: { address, port: boundPort },
    setCertificate: (renewed) => secure?.setCertificate(renewed),
    close: () => void server.close(),
  };
}

function plainServer(accept: Accept): Server {
  return createServer({ noDelay: true }, (socket) => {
    const receiver = accepted(socket, new PlainConnection(socket), accept);
    if (receiver !== undefined) deliver(socket, receiver);
  });
}

interface SecureServer extends Pick<StreamListener, 'setCertificate'> {
  readonly server: Server;
}

/**
 * Connections are accepted before their handshake, so unfinished handshakes count against the limit and refused connections
 * cost no handshake. The server that makes the handshakes has no socket of its own.
 */
function tlsServer(certificate: Certificate, accept: Accept): SecureServer {
  const handshaking = new Map<string, { connection: TlsConnection; receiver: StreamReceiver }>();
  const handshakes = createTlsServer(
    { ...certificate, minVersion: MIN_TLS, handshakeTimeout: HANDSHAKE_MS },
    (socket) => {
      const waiting = handshaking.get(nameOf(socket));
      if (waiting === undefined) return void socket.destroy();
      handshaking.delete(nameOf(socket));
      socket.on('error', () => socket.destroy());
      waiting.connection.handshakeFinished(socket);
      deliver(socket, waiting.receiver);
    },
  );
  handshakes.on('tlsClientError', (_error, socket) => socket.destroy());
  const queue = new HandshakeQueue({
    idleMs: HANDSHAKE_MS,
    nextTurn: (run) => void setImmediate(run),
    start: (socket) => void handshakes.emit('connection', socket),
  });
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new TlsConnection(socket);
    const receiver = accepted(socket, connection, accept);
    if (receiver === undefined) return;
    const name = nameOf(socket);
    handshaking.set(name, { connection, receiver });
    socket.on('close', () => {
      if (handshaking.get(name)?.receiver === receiver) handshaking.delete(name);
    });
    queue.add(socket);
  });
  return {
    server,
    setCertificate: (renewed) => handshakes.setSecureContext({ ...renewed, minVersion: MIN_TLS }),
  };
}

/** Both ends of the connection, which identify it. */
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

/** Returns undefined if the connection is closed already or was refused. */
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
  // A half-closed connection is of no use.
  socket.on('end', () => socket.destroy());
}

/** Max bytes that may be buffered after a write. */
function bufferLimit(isResponse: boolean): number {
  return isResponse ? MAX_BUFFERED_BYTES + RESPONSE_BYTES : MAX_BUFFERED_BYTES;
}

class PlainConnection implements StreamConnection {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(message: Buffer, isResponse: boolean): boolean {
    // A client that reads more slowly than its media arrives gets less of it, as on UDP.
    const buffered = this.#socket.writableLength + message.length;
    if (!this.#socket.writable || buffered > bufferLimit(isResponse)) return false;
    this.#socket.write(message);
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
 * Writes each message as a TLS record of its own, as coturn does: some clients, coturn's among them, take one read of TLS for
 * one message. Node would merge waiting writes into one record, so messages wait here instead of in Node.
 */
class TlsConnection implements StreamConnection {
  readonly #plain: Socket;
  /** undefined until the handshake is finished. */
  #socket: TLSSocket | undefined;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing = false;

  constructor(plain: Socket) {
    this.#plain = plain;
  }

  handshakeFinished(socket: TLSSocket): void {
    this.#socket = socket;
  }

  write(message: Buffer, isResponse: boolean): boolean {
    const buffered = this.#waitingBytes + message.length;
    if (this.#socket?.writable !== true || buffered > bufferLimit(isResponse)) return false;
    this.#waiting.push(message);
    this.#waitingBytes = buffered;
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
