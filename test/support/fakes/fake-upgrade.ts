import type { Session } from '../../../src/signaling/session/session.ts';
import type { TemplatedApp, UwsText, WebSocketBehavior } from '../../../src/uws/types.ts';
import type { UserData } from '../../../src/ws/connection.ts';
import type { Handshake } from '../../../src/ws/handshake.ts';
import type { Frame } from './fake-socket.ts';
import { FakeUwsSocket } from './fake-uws-socket.ts';

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

/** A socket whose client is the test, and whose server is the gateway. */
export class FakeUpgradedSocket extends FakeUwsSocket {
  readonly frames: Frame[] = [];
  readonly #behavior: Behavior;

  constructor(behavior: Behavior, handshake: Handshake) {
    super({
      handshake,
      sent: (frame) => this.frames.push(JSON.parse(textOf(frame))),
      closed: (code) => behavior.close?.(this, code, new ArrayBuffer(0)),
    });
    this.#behavior = behavior;
    behavior.open?.(this);
  }

  get session(): Session | undefined {
    return this.connection.session;
  }

  /** The client sends a frame. */
  say(event: string, payload: unknown, id?: number): void {
    if (!this.isOpen) return;
    const bytes = new TextEncoder().encode(JSON.stringify({ event, id, payload }));
    this.#behavior.message?.(this, bytes.buffer as ArrayBuffer, false);
  }
}

function textOf(frame: UwsText): string {
  return typeof frame === 'string' ? frame : Buffer.from(frame as ArrayLike<number>).toString();
}
