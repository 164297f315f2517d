import type { CallPath, ClientPayload } from '../../protocol/events.ts';
import type { Clock } from '../signaling/clock.ts';
import type { TrackKind } from '../types.ts';
import type { Codecs } from './codecs/codecs.ts';
import type { ControlMessage } from './control/control-messages.ts';
import type { DataFrame } from './data-frames.ts';
import type { LocalTracks } from './published-tracks.ts';
import type { SdpRules } from './sdp/rules.ts';

export type Signal = 'call:offer' | 'call:answer' | 'call:ice';
export type SendSignal = <S extends Signal>(signal: S, payload: ClientPayload<S>) => void;

export interface ConnectionDeps {
  /** A new RTCPeerConnection that only this connection uses. */
  readonly peer: RTCPeerConnection;
  readonly clock: Clock;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
  readonly tracks: LocalTracks;
  readonly rules: SdpRules;
  readonly codecs: Pick<Codecs, 'hardware' | 'order'>;
  /** Whether signaling works, also on the peer's side. */
  readonly isReachable: () => boolean;
  /** Whether the peer says that it sends media. */
  readonly sendsMedia: () => boolean;
  readonly send: SendSignal;
  /** Senders came to exist: they can be limited before the first frame. */
  readonly onSenders: () => void;
  readonly onTracks: (tracks: ReadonlyMap<TrackKind, MediaStreamTrack>) => void;
  /** The peer has sent a message. */
  readonly onData: (frame: DataFrame) => void;
  /** As `ChannelDeps.onReady`. */
  readonly onChannel: () => void;
  /** The control channel can be written to. */
  readonly onControlOpen: () => void;
  readonly onControl: (message: ControlMessage) => void;
  readonly onState: (state: RTCPeerConnectionState) => void;
  readonly onError: (error: unknown) => void;
  /** Nothing comes in any more: this side's network may have changed. */
  readonly onDoubt: () => void;
  /** As in `IceRecovery`. */
  readonly replace: () => boolean;
  /** As in `PathWatch`. */
  readonly reportsPath: () => boolean;
  readonly tellPath: (path: CallPath) => Promise<unknown>;
}

/** This side's role toward the peer [RM2]. */
export interface Side {
  /** The polite side takes its own offer back if two cross. */
  readonly polite: boolean;
  /** Whether this side makes the first offer. */
  readonly offers: boolean;
}
