import { ParleyClientError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { parseFrame, type ServerFrame } from './frames.ts';
import type { Socket, SocketConstructor } from './socket.ts';

/** Milliseconds from dialling to the welcome. */
const WELCOME_MS = 10_000;
/** What a browser reports where a connection ended without a close frame (RFC 6455, 7.1.5). */
export const LOST = 1006;

interface LineDeps {
  readonly url: string;
  readonly protocols: string[];
  readonly WebSocket: SocketConstructor;
  readonly clock: Clock;
  readonly received: (frame: ServerFrame) => void;
  /** Called once, with the close code. Not called after `hangUp`. */
  readonly lost: (code: number) => void;
}

/** One WebSocket from dialling to its end: a session has many, one after the other. */
export interface Line {
  send(frame: string): void;
  /** The welcome came: the deadline for it is off. */
  established(): void;
  /** Ends the line. `lost` is not called. With 1000 the session ends too; without a code it can be resumed [SE2]. */
  hangUp(code?: number): void;
}

/** @throws ParleyClientError `protocol_error` where the address is none, or the token has characters no header carries */
export function dial({ url, protocols, WebSocket, clock, received, lost }: LineDeps): Line {
  const socket = open(WebSocket, url, protocols);
  let over = false;
  const end = (code: number): void => {
    if (over) return;
    over = true;
    cancelDeadline();
    lost(code);
  };
  const giveUp = (): void => {
    end(LOST);
    socket.close();
  };
  const cancelDeadline = clock.after(WELCOME_MS, giveUp);

  socket.addEventListener('message', ({ data }) => {
    if (over) return;
    const frame = parseFrame(data);
    if (frame === undefined) giveUp();
    else received(frame);
  });
  socket.addEventListener('close', ({ code }) => end(code));
  // An error is followed by a close; without a listener, Node's `ws` would throw.
  socket.addEventListener('error', () => {});

  return {
    send(frame) {
      if (!over) socket.send(frame);
    },
    established: () => cancelDeadline(),
    hangUp(code) {
      if (over) return;
      over = true;
      cancelDeadline();
      socket.close(code);
    },
  };
}

function open(WebSocket: SocketConstructor, url: string, protocols: string[]): Socket {
  try {
    return new WebSocket(url, protocols);
  } catch (cause) {
    throw new ParleyClientError(
      'protocol_error',
      `No WebSocket to ${url} can be made; check address and token.`,
      {
        cause,
      },
    );
  }
}
