import type { SendStatus, UwsText, WebSocket } from '../../../src/uws/types.ts';
import { Connection, type UserData } from '../../../src/ws/connection.ts';
import type { Handshake } from '../../../src/ws/handshake.ts';

interface FakeUwsSocketOptions {
  /** Default: a handshake that asks for nothing. */
  readonly handshake?: Handshake;
  /** Called for each frame that the server sends. */
  readonly sent: (frame: UwsText) => void;
  /** Called once, when either side closes. */
  readonly closed: (code: number) => void;
}

const SENT: SendStatus = 1;

/** A uWS socket without a network. Like uWS's own, it closes from within `end`, and throws once it has closed. */
export class FakeUwsSocket implements WebSocket<UserData> {
  readonly connection: Connection;
  readonly #sent: (frame: UwsText) => void;
  readonly #closed: (code: number) => void;
  #isOpen = true;

  constructor({ handshake, sent, closed }: FakeUwsSocketOptions) {
    const { token, resume, roomId } = handshake ?? {};
    this.connection = new Connection({ token, resume, roomId }, '', (peer) => peer);
    this.#sent = sent;
    this.#closed = closed;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The client closes, or its line is lost (1006). */
  gone(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#closed(code);
  }

  send(frame: UwsText): SendStatus {
    this.#check();
    this.#sent(frame);
    return SENT;
  }

  end(code = 1000): void {
    this.#check();
    this.gone(code);
  }

  close(): void {
    this.#check();
    this.gone(1006);
  }

  ping(): SendStatus {
    this.#check();
    return SENT;
  }

  cork(run: () => void): this {
    this.#check();
    run();
    return this;
  }

  getBufferedAmount(): number {
    this.#check();
    return 0;
  }

  getRemoteAddressAsText(): ArrayBuffer {
    this.#check();
    return new ArrayBuffer(0);
  }

  subscribe(): boolean {
    return false;
  }

  unsubscribe(): boolean {
    return false;
  }

  publish(): boolean {
    return false;
  }

  #check(): void {
    if (!this.#isOpen) throw new Error('Invalid access of closed uWS.WebSocket/SSLWebSocket.');
  }
}
