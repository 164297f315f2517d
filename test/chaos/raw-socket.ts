import { connect, type Socket } from 'node:net';

/** A masked text frame (RFC 6455, section 5.2) of at most 65,535 bytes. The mask is 0, so the payload stays as it is. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length > 125;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = 0x81;
  head[1] = 0x80 | (long ? 126 : payload.length);
  if (long) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

/** The beginning of a browser's upgrade request. */
export const REQUEST = 'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\n';
export const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n';

/** Bytes at the end of the stream that a close frame takes. */
const TAIL_BYTES = 64;
const CLOSE_FRAME = 0x88;

/**
 * A WebSocket that costs next to nothing, so that a few can flood a server: it reads nothing but the close frame.
 */
export class RawSocket {
  readonly tcp: Socket;
  readonly opened: Promise<void>;
  /** The close code; 1006 if there was none. */
  readonly closed: Promise<number>;
  #tail = Buffer.alloc(0);

  constructor(port: number, token: string) {
    this.tcp = connect({ host: '127.0.0.1', port });
    this.tcp.on('error', () => {});
    this.tcp.write(`${REQUEST}${UPGRADE}Sec-WebSocket-Protocol: parley.v1, token.${token}\r\n\r\n`);
    this.opened = new Promise((resolve) => {
      this.tcp.once('data', () => resolve()).once('close', () => resolve());
    });
    this.closed = new Promise((resolve) => {
      this.tcp.once('end', () => this.tcp.end()).once('close', () => resolve(this.#closeCode()));
    });
    this.tcp.on('data', (chunk) => {
      this.#tail = Buffer.concat([this.#tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    });
  }

  #closeCode(): number {
    const at = this.#tail.lastIndexOf(CLOSE_FRAME);
    return at < 0 || this.#tail.length < at + 4 ? 1006 : this.#tail.readUInt16BE(at + 2);
  }
}
