import { type DataFrame, readData } from './data-frames.ts';

/** Names the channel in the browser's own tools. */
const LABEL = 'parley';
/** Both sides create the channel with this id, so that it needs no announcement and can't exist twice. */
const ID = 0;
/** Bytes that the browser may hold for one peer; more wait in `DataOutbox`. */
export const BUFFERED_BYTES = 262_144;

interface ChannelDeps {
  readonly peer: RTCPeerConnection;
  readonly onData: (frame: DataFrame) => void;
  /** More can be sent than before, or the peer has said whether it takes messages at all. */
  readonly onReady: () => void;
}

/**
 * The data channel of one connection for the application's messages: reliable and ordered. Both sides make it before the first
 * offer: the association is there for the control channel anyway, and what comes before a channel exists is lost.
 */
export class PeerChannel {
  readonly #deps: ChannelDeps;
  #channel: RTCDataChannel | undefined;
  #takes: boolean | undefined;

  constructor(deps: ChannelDeps) {
    this.#deps = deps;
    // A peer can open as many channels of its own as it likes; nobody listens to them here.
    deps.peer.addEventListener('datachannel', ({ channel }) => channel.close());
    try {
      this.open();
    } catch {
      // The first message tries again, and is refused with the reason.
    }
  }

  /** Whether the peer takes messages; undefined before it has described itself. Older SDKs and other clients don't. */
  get takes(): boolean | undefined {
    return this.#takes;
  }

  /** The peer has described itself. @param takes whether it says that it takes messages */
  notePeer(takes: boolean): void {
    this.#takes = takes;
    this.#deps.onReady();
  }

  /** Creates the channel, unless it is there. @throws as `createDataChannel` does */
  open(): void {
    if (this.#channel !== undefined) return;
    const channel = this.#deps.peer.createDataChannel(LABEL, { negotiated: true, id: ID });
    channel.bufferedAmountLowThreshold = BUFFERED_BYTES / 2;
    channel.addEventListener('open', this.#deps.onReady);
    channel.addEventListener('bufferedamountlow', this.#deps.onReady);
    channel.addEventListener('message', ({ data }) => {
      const frame = readData(data);
      if (frame !== undefined) this.#deps.onData(frame);
    });
    this.#channel = channel;
  }

  /** Whether a message of so many bytes can be sent now. */
  hasRoomFor(bytes: number): boolean {
    const channel = this.#channel;
    return channel?.readyState === 'open' && channel.bufferedAmount + bytes <= BUFFERED_BYTES;
  }

  /** @throws as RTCDataChannel's `send` does */
  send(frame: string): void {
    this.#channel?.send(frame);
  }
}
