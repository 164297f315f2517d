import type { ClientPayload } from '../../protocol/events.ts';
import type { Clock } from '../signaling/clock.ts';
import type { TrackKind } from '../types.ts';
import type { LocalTracks } from './published-tracks.ts';

export type Signal = 'call:offer' | 'call:answer' | 'call:ice';
export type SendSignal = <S extends Signal>(signal: S, payload: ClientPayload<S>) => void;

export interface ConnectionDeps {
  /** Fresh, and this connection's alone from here on. */
  readonly peer: RTCPeerConnection;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tracks: LocalTracks;
  /** Whether signaling is up, on the peer's side too. */
  readonly reachable: () => boolean;
  /** Whether the peer says that it sends media. */
  readonly sends: () => boolean;
  readonly send: SendSignal;
  readonly received: (tracks: ReadonlyMap<TrackKind, MediaStreamTrack>) => void;
  readonly stateChanged: (state: RTCPeerConnectionState) => void;
  readonly failed: (error: unknown) => void;
}

/** Which side we are toward the peer [RM2]. */
export interface Side {
  readonly polite: boolean;
  /** Whether the first offer is ours. */
  readonly offers: boolean;
}
