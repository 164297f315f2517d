import type { MediaState, Peer } from '../protocol/fields.ts';

/** The public face of somebody else in a call. */

/** Calls `listener` for each such event; the returned function takes it off again. */
export type On<Events extends { [name in keyof Events]: readonly unknown[] }> = <Name extends keyof Events>(
  event: Name,
  listener: (...values: Events[Name]) => void,
) => () => void;

/** What a track shows. */
export type TrackKind = 'microphone' | 'camera' | 'screen' | 'screenAudio';

/**
 * Of the media path, not of signaling. `failed`: the peer doesn't answer, or no path to it was found; it stays so until
 * one is, while tries go on at a slow pace.
 */
export type ConnectionState = 'connecting' | 'connected' | 'disconnected' | 'failed';

export type PeerEvents = {
  /** A track came, changed, or went (null): remove what showed it. */
  track: [kind: TrackKind, track: MediaStreamTrack | null];
  media: [media: MediaState];
  speaking: [speaking: boolean];
  typing: [typing: boolean];
  /** `suspended`: the peer's own line to the server is lost; media may go on. */
  state: [state: Peer['state']];
  connection: [state: ConnectionState];
};

export interface RemotePeer {
  /** Names this person's tile: stays the same where the person comes back with a new session, as peerId does not. */
  readonly key: string;
  readonly peerId: string;
  readonly userId: string;
  readonly username: string | null;
  readonly displayName: string | null;
  readonly userInfo: unknown;
  readonly media: MediaState;
  readonly speaking: boolean;
  readonly typing: boolean;
  readonly state: Peer['state'];
  readonly connectionState: ConnectionState;
  /** Stays through mute, so that sound is back at once; silent if the peer sends none. `media.audio` says which. */
  readonly microphone: MediaStreamTrack | null;
  /** Null while the peer sends no picture: it has no camera, or turned it off. */
  readonly camera: MediaStreamTrack | null;
  readonly screen: MediaStreamTrack | null;
  readonly screenAudio: MediaStreamTrack | null;
  readonly on: On<PeerEvents>;
  /** Figures of the connection now. Bit rates are means since the call before this one. */
  stats(): Promise<PeerStats>;
}

export interface PeerStats {
  /** Whether media goes straight or through a TURN relay; null while there is no path. */
  readonly path: 'direct' | 'relayed' | null;
  /** From here to the peer, or to the relay that this side uses. */
  readonly protocol: 'udp' | 'tcp' | 'tls' | null;
  readonly roundTripMs: number | null;
  /** Null at the first call, when there is nothing to compare with. */
  readonly sendBitsPerSecond: number | null;
  readonly receiveBitsPerSecond: number | null;
  /** Video frames decoded since the start, of camera and screen together. */
  readonly framesDecoded: number;
  readonly screenFramesDecoded: number;
  /** Audio samples received since the start. */
  readonly totalSamplesReceived: number;
  /** RTP packets of the peer that never came, since the start. */
  readonly packetsLost: number;
}
