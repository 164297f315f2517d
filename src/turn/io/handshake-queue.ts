import type { Socket } from 'node:net';

/** A TLS record begins with type, version and length (RFC 8446 §5.1). */
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_RECORD = 22;
/** Max bytes of a record's content. */
const MAX_RECORD_BYTES = 16_384;

interface HandshakeQueueDeps {
  /** Milliseconds without data after which a connection is closed. */
  idleMs: number;
  /** Calls `run` after every socket that is ready now has been read. */
  nextTurn: (run: () => void) => void;
  /** Starts the handshake of a connection whose first record has arrived. */
  start: (socket: Socket) => void;
}

/**
 * Starts one TLS handshake per turn of the event loop. Each costs a signature (about 500 µs), so 200 in one turn
 * would delay all media by 100 ms.
 */
export class HandshakeQueue {
  readonly #deps: HandshakeQueueDeps;
  readonly #ready = new Set<Socket>();
  #scheduled = false;

  constructor(deps: HandshakeQueueDeps) {
    this.#deps = deps;
  }

  /** Adds an unread connection. It is queued once its whole ClientHello is there, as the rest could come in any turn. */
  add(socket: Socket): void {
    let head: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const missing = missingBytes(head);
      if (missing === undefined) socket.destroy();
      if (missing !== 0) return;
      socket.off('data', onData);
      socket.setTimeout(0);
      socket.pause();
      // TLS reads these bytes before it reads the connection.
      socket.unshift(head);
      this.#ready.add(socket);
      this.#schedule();
    };
    socket.setTimeout(this.#deps.idleMs, () => socket.destroy());
    socket.on('data', onData);
    socket.on('close', () => this.#ready.delete(socket));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#deps.nextTurn(this.#runTurn);
  }

  readonly #runTurn = (): void => {
    this.#scheduled = false;
    for (const socket of this.#ready) {
      this.#ready.delete(socket);
      if (socket.destroyed) continue;
      this.#deps.start(socket);
      break;
    }
    if (this.#ready.size > 0) this.#schedule();
  };
}

/** Bytes missing from the first record, as far as known; undefined if it isn't a TLS handshake. */
function missingBytes(head: Buffer): number | undefined {
  if (head.length > 0 && head[0] !== HANDSHAKE_RECORD) return undefined;
  if (head.length < RECORD_HEADER_BYTES) return RECORD_HEADER_BYTES - head.length;
  const size = head.readUInt16BE(3);
  if (size > MAX_RECORD_BYTES) return undefined;
  return Math.max(0, RECORD_HEADER_BYTES + size - head.length);
}
