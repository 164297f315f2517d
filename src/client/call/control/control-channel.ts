import { type ControlMessage, readControl } from './control-messages.ts';

/** Names the channel in the browser's own tools. */
const LABEL = 'parley-control';
/** Both sides create the channel with this id, so that it needs no announcement. */
const ID = 1;

interface ControlDeps {
  readonly peer: RTCPeerConnection;
  readonly onOpen: () => void;
  readonly onMessage: (message: ControlMessage) => void;
}

/** Carries what the two SDKs of a connection tell each other. It opens even where only one side has it. */
export class ControlChannel {
  readonly #channel: RTCDataChannel | undefined;

  constructor({ peer, onOpen, onMessage }: ControlDeps) {
    try {
      this.#channel = peer.createDataChannel(LABEL, { negotiated: true, id: ID });
    } catch {
      // A browser without data channels has its calls all the same.
      return;
    }
    this.#channel.addEventListener('open', onOpen);
    this.#channel.addEventListener('message', ({ data }) => {
      const message = readControl(data);
      if (message !== undefined) onMessage(message);
    });
  }

  /** Drops the message while the channel isn't open: `onOpen` is the time to say it again. */
  send(message: ControlMessage): void {
    if (this.#channel?.readyState === 'open') this.#channel.send(JSON.stringify(message));
  }

  close(): void {
    this.#channel?.close();
  }
}
