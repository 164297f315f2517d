import { ParleyClientError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { parseFrame, type ServerFrame } from './frames.ts';

/** What the SDK uses of a WebSocket: the browser's own fits, and the one of the package `ws`. */
export interface WebSocketLike {
  send(frame: string): void;
  close(code?: number): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

/** Opens a WebSocket to a URL with these subprotocols. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** Milliseconds from dialling to the welcome. */
const WELCOME_MS = 10_000;
/** What a browser reports for a connection that ended without a close frame (RFC 6455, 7.1.5). */
export const ABNORMAL_CLOSE = 1006;

interface SessionSocketDeps {
  readonly url: string;
  readonly protocols: string[];
  readonly WebSocket: WebSocketConstructor;
  readonly clock: Clock;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Called at most once, with the close code; never after `hangUp`. */
  readonly onLost: (code: number) => void;
}

/** One WebSocket from dialling to its end. A session uses many, one after the other. */
export interface SessionSocket {
  /** Sends a frame, unless the socket has ended. */
  send(frame: string): void;
  /** Cancels the deadline for the welcome. */
  markWelcomed(): void;
  /** Closes without calling `onLost`. Code 1000 ends the session too; without a code it can be resumed [SE2]. */
  hangUp(code?: number): void;
}

/**
 * Opens a WebSocket.
 * @throws ParleyClientError `protocol_error` if the URL is invalid or the token has characters that no header may carry
 */
export function dial(deps: SessionSocketDeps): SessionSocket {
  const { url, protocols, WebSocket, clock, onFrame, onLost } = deps;
  const socket = open(WebSocket, url, protocols);
  let ended = false;
  const end = (code: number): void => {
    if (ended) return;
    ended = true;
    cancelDeadline();
    onLost(code);
  };
  const giveUp = (): void => {
    end(ABNORMAL_CLOSE);
    socket.close();
  };
  const cancelDeadline = clock.after(WELCOME_MS, giveUp);

  socket.addEventListener('message', ({ data }) => {
    if (ended) return;
    const frame = parseFrame(data);
    if (frame === undefined) giveUp();
    else onFrame(frame);
  });
  socket.addEventListener('close', ({ code }) => end(code));
  // A close follows each error; without a listener, Node's `ws` would throw.
  socket.addEventListener('error', () => {});

  return {
    send(frame) {
      if (!ended) socket.send(frame);
    },
    markWelcomed: () => cancelDeadline(),
    hangUp(code) {
      if (ended) return;
      ended = true;
      cancelDeadline();
      socket.close(code);
    },
  };
}

function open(WebSocket: WebSocketConstructor, url: string, protocols: string[]): WebSocketLike {
  try {
    return new WebSocket(url, protocols);
  } catch (cause) {
    const message = `Can't open a WebSocket to ${url}; check baseUrl and token.`;
    throw new ParleyClientError('protocol_error', message, { cause });
  }
}
