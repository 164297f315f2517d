import type { RemotePeer } from '../types.ts';
import type { Connection } from './connection.ts';
import type { ConnectionDeps, SendSignal, Side } from './connection-deps.ts';

/** What a remote peer gives its connection; the rest comes from the call. */
export type ConnectionEvents = Pick<
  ConnectionDeps,
  'send' | 'received' | 'stateChanged' | 'failed' | 'reachable' | 'sends'
>;

/** What the call uses of a connection. */
export type Link = Pick<
  Connection,
  | 'id'
  | 'remoteId'
  | 'receiveOffer'
  | 'receiveAnswer'
  | 'receiveCandidates'
  | 'setTrack'
  | 'configure'
  | 'retry'
  | 'rebind'
  | 'stats'
  | 'close'
>;

export interface RemoteDeps {
  /** @throws whatever the browser throws when it makes no connection */
  readonly connect: (events: ConnectionEvents, side: Side) => Link;
  readonly send: (peerId: string) => SendSignal;
  readonly failed: (error: unknown, remote: RemotePeer) => void;
}
