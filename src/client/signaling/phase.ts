import type { ParleyClientError } from '../errors.ts';
import type { Liveness } from './liveness.ts';
import type { SessionSocket } from './session-socket.ts';

interface Dialling {
  readonly name: 'dialling';
  /** By the clock, as of a connection that is live. */
  readonly since: number;
  /** Undefined until there is a token to dial with. */
  socket: SessionSocket | undefined;
}

interface Live {
  readonly name: 'live';
  readonly since: number;
  readonly socket: SessionSocket;
  readonly liveness: Liveness;
}

/** What a session is doing about its connection. */
export type Phase =
  | { readonly name: 'waiting'; readonly cancel: () => void }
  | Dialling
  | Live
  | { readonly name: 'closed'; readonly error: ParleyClientError };

/** A phase with a connection, or the attempt at one. */
export type Connected = Dialling | Live;
