import type { Session } from '../../../src/signaling/session/session.ts';
import type {
  SendStatus,
  TemplatedApp,
  UwsText,
  WebSocket,
  WebSocketBehavior,
} from '../../../src/uws/types.ts';
import { Connection, type UserData } from '../../../src/ws/connection.ts';
import type { Handshake } from '../../../src/ws/handshake.ts';
import type { Frame } from './fake-socket.ts';

type Behavior = WebSocketBehavior<UserData>;

/** A uWS app without a network: the gateway attaches to it, and a test opens, feeds and closes sockets by hand. */
export class FakeUwsApp implements Pick<TemplatedApp, 'ws'> {
  #behavior: Behavior | undefined;

  ws<Data>(_pattern: string, behavior: WebSocketBehavior<Data>): TemplatedApp {
    this.#behavior = behavior as unknown as Behavior;
    return this as unknown as TemplatedApp;
  }

  open(handshake: Handshake): FakeUpgradedSocket {
    if (this.#behavior === undefined) throw new Error('no gateway is attached');
    return new FakeUpgradedSocket(this.#behavior, handshake);
  }
}

/** Like uWS's own, it calls the close handler from within `end`, and throws once it has closed. */
export class FakeUpgradedSocket implements WebSocket<UserData> {
  readonly connection: Connection;
  readonly frames: Frame[] = [];
  readonly #behavior: Behavior;
  #isOpen = true;

  constructor(behavior: Behavior, handshake: Handshake) {
    this.#behavior = behavior;
    this.connection = new Connection(handshake, '', (peer) => peer);
    behavior.open?.(this);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get session(): Session | undefined {
    return this.connection.session;
  }

  /** The client sends a frame. */
  say(event: string, payload: unknown, id?: number): void {
    if (!this.#isOpen) return;
    const bytes = new TextEncoder().encode(JSON.stringify({ event, id, payload }));
    this.#behavior.message?.(this, bytes.buffer as ArrayBuffer, false);
  }

  /** The client closes, or its line is lost (1006). */
  gone(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#behavior.close?.(this, code, new ArrayBuffer(0));
  }

  send(message: UwsText): SendStatus {
    this.#check();
    const text = typeof message === 'string' ? message : Buffer.from(message as ArrayLike<number>).toString();
    this.frames.push(JSON.parse(text));
    return 1;
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
    return 1;
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
