import type { Socket } from 'node:net';

/** Of a TLS record: type, version and length, and the type of those that belong to a handshake (RFC 8446 §5.1). */
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_RECORD = 22;
/** Bytes of the largest record. */
const RECORD_BYTES = 16_384;

interface HandshakeTurnsDeps {
  /** Milliseconds without a byte after which a connection is closed. */
  silenceMs: number;
  /** Calls `run` after every socket that is ready now has been read. */
  nextTurn: (run: () => void) => void;
  /** Makes the handshake of a connection whose first record is there. */
  start: (socket: Socket) => void;
}

/**
 * Begins TLS handshakes one a turn of the event loop: each costs a signature, some 500 µs, whoever asks for it. Two hundred
 * strangers' at once would keep everybody's media waiting for 100 ms.
 */
export class HandshakeTurns {
  readonly #deps: HandshakeTurnsDeps;
  readonly #ready = new Set<Socket>();
  #scheduled = false;

  constructor(deps: HandshakeTurnsDeps) {
    this.#deps = deps;
  }

  /** Takes a connection that nothing was read of. Half a ClientHello doesn't count: its rest could come in any turn. */
  add(socket: Socket): void {
    let head: Buffer = Buffer.alloc(0);
    const hear = (chunk: Buffer): void => {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const missing = missingBytes(head);
      if (missing === undefined) socket.destroy();
      if (missing !== 0) return;
      socket.off('data', hear);
      socket.setTimeout(0);
      socket.pause();
      // TLS reads what is there before it reads the connection.
      socket.unshift(head);
      this.#ready.add(socket);
      this.#schedule();
    };
    socket.setTimeout(this.#deps.silenceMs, () => socket.destroy());
    socket.on('data', hear);
    socket.on('close', () => this.#ready.delete(socket));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#deps.nextTurn(this.#turn);
  }

  readonly #turn = (): void => {
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

/** Bytes that the first record lacks, as far as can be told; undefined: this is no TLS handshake. */
function missingBytes(head: Buffer): number | undefined {
  if (head.length > 0 && head[0] !== HANDSHAKE_RECORD) return undefined;
  if (head.length < RECORD_HEADER_BYTES) return RECORD_HEADER_BYTES - head.length;
  const size = head.readUInt16BE(3);
  if (size > RECORD_BYTES) return undefined;
  return Math.max(0, RECORD_HEADER_BYTES + size - head.length);
}
