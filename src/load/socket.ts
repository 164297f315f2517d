import WebSocket from 'ws';

/** The connection of one simulated peer, which the tool can break. */
export interface Wire {
  /** The session's WebSocket constructor; it opens one socket after the other. */
  readonly WebSocket: new (
    url: string,
    protocols: string[],
  ) => WebSocket;
  /** Breaks the socket without a close frame, as a lost network does. Returns false if none is open. */
  cut(): boolean;
}

/** Milliseconds for TCP, TLS and the WebSocket handshake. */
const HANDSHAKE_MS = 30_000;

export function createWire(): Wire {
  let current: WebSocket | undefined;
  return {
    WebSocket: class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_MS });
        current = this;
      }
    },
    cut() {
      if (current?.readyState !== WebSocket.OPEN) return false;
      current.terminate();
      return true;
    },
  };
}
