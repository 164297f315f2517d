import type { Clock } from '../../signaling/clock.ts';
import { ControlInbox } from './control-inbox.ts';
import type { ControlMessage } from './control-messages.ts';

/** Names the channel in the browser's own tools. */
const LABEL = 'parley-control';
/** Both sides create the channel with this id, so that it needs no announcement. */
const ID = 1;
/** Bytes that may wait in the channel: a peer that takes nothing must not make this side's memory grow. */
const WAITING_BYTES = 65_536;
/** The same for a sign of life: what waits is sent again by the browser, and acknowledged as well. */
const ASK_BYTES = 1_024;

interface ControlDeps {
  readonly peer: RTCPeerConnection;
  readonly clock: Clock;
  /** Messages can be sent: the channel is open, or has room again after it refused one. */
  readonly onOpen: () => void;
  readonly onMessage: (message: ControlMessage) => void;
}

/**
 * Carries what the two SDKs of a connection tell each other: `src/client/README.md` has the messages. It opens even where
 * only one side has it.
 */
export class ControlChannel {
  readonly #channel: RTCDataChannel | undefined;
  readonly #inbox: ControlInbox;
  /** Whether a message was refused for lack of room. */
  #wasFull = false;

  constructor({ peer, onOpen, ...deps }: ControlDeps) {
    this.#inbox = new ControlInbox(deps);
    try {
      this.#channel = peer.createDataChannel(LABEL, { negotiated: true, id: ID });
    } catch {
      // A browser without data channels has its calls all the same.
      return;
    }
    this.#channel.addEventListener('open', onOpen);
    this.#channel.addEventListener('bufferedamountlow', () => {
      if (this.#wasFull) onOpen();
      this.#wasFull = false;
    });
    this.#channel.addEventListener('message', ({ data }) => this.#inbox.take(data));
  }

  /** Returns false, and drops the message, while it can't be sent: `onOpen` is the time to say it again. */
  send(message: ControlMessage): boolean {
    const channel = this.#channel;
    if (channel?.readyState !== 'open') return false;
    this.#wasFull = channel.bufferedAmount > WAITING_BYTES;
    if (this.#wasFull) return false;
    try {
      channel.send(JSON.stringify(message));
      return true;
    } catch {
      // It is closing.
      return false;
    }
  }

  /** Makes the peer's browser acknowledge something. Returns false if that can't be. */
  ask(): boolean {
    const channel = this.#channel;
    if (channel?.readyState !== 'open') return false;
    try {
      if (channel.bufferedAmount < ASK_BYTES) channel.send('{}');
      return true;
    } catch {
      // It is closing.
      return false;
    }
  }

  close(): void {
    this.#inbox.close();
    this.#channel?.close();
  }
}
