import WebSocket from 'ws';

/** The line of one simulated peer, for those who break it. */
export interface Wire {
  /** A WebSocket constructor for the session; it dials one socket after the other. */
  readonly WebSocket: new (
    url: string,
    protocols: string[],
  ) => WebSocket;
  /** Breaks the socket without a close frame, as a lost network does. @returns false where there is none open */
  cut(): boolean;
}

/** Milliseconds for TCP, TLS and the upgrade. */
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
