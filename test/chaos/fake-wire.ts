import type { SendStatus, UwsText, WebSocket } from '../../src/uws/types.ts';
import { Connection, type UserData } from '../../src/ws/connection.ts';

const SENT: SendStatus = 1;

/** A uWS socket without a network, which tells that something was sent. Like uWS's own, it throws once it has closed. */
export class FakeWire implements WebSocket<UserData> {
  readonly connection: Connection;
  readonly #heard: () => void;
  #isOpen = true;

  constructor(heard: () => void) {
    this.#heard = heard;
    this.connection = new Connection(
      { token: undefined, resume: undefined, roomId: undefined },
      '',
      (peer) => peer,
    );
    this.connection.opened(this);
  }

  send(_message: UwsText): SendStatus {
    this.#check();
    this.#heard();
    return SENT;
  }

  end(): void {
    this.close();
  }

  close(): void {
    this.#check();
    this.#isOpen = false;
    this.connection.closed();
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
