import type { Quality, TrackKind, UplinkState } from './media-types.ts';

/** What this side sends of one kind, and what the peer reports of it. Null: the browser doesn't tell, or not yet. */
export interface SentStats {
  /** Bits per second over the last second, with what was sent again. */
  readonly bitsPerSecond: number | null;
  /** Pixels of what is encoded; null for sound, and before the first frame. */
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  /** Why the picture is smaller or slower than the camera's. Firefox doesn't tell. */
  readonly limitedBy: 'none' | 'cpu' | 'bandwidth' | 'other' | null;
  /** Such as `VP8` or `opus`. */
  readonly codec: string | null;
  /** Whether the encoder saves power, which means hardware. Firefox doesn't tell. */
  readonly efficient: boolean | null;
  /** Key frames encoded since the start. Firefox doesn't count them: 0. */
  readonly keyFrames: number;
  /** Share of the packets that were lost on the way, from 0 to 1, by the peer's last report. */
  readonly lost: number | null;
  /** Milliseconds, by the peer's last report. */
  readonly roundTripMs: number | null;
}

/** What comes in of one kind. Null: the browser doesn't tell, or not yet. */
export interface ReceivedStats {
  /** Bits per second over the last second, with what was sent again. */
  readonly bitsPerSecond: number | null;
  /** Pixels of what is decoded; null for sound, and before the first frame. */
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  /** Such as `VP8` or `opus`. */
  readonly codec: string | null;
  /** Share of the packets that were lost in the last second, from 0 to 1. */
  readonly lost: number | null;
  /** How unevenly packets come in, in milliseconds. */
  readonly jitterMs: number | null;
  /** How often the picture stood still since the start, as the browser counts it. */
  readonly freezes: number;
  /** Seconds of it. */
  readonly freezeSeconds: number;
  /** Key frames decoded since the start. */
  readonly keyFrames: number;
  /** Share of the sound of the last second that was made up because packets were missing or late, from 0 to 1. */
  readonly concealed: number | null;
}

/** Stats of the connection to one peer. */
export interface PeerStats {
  /** Whether media goes straight to the peer or through a TURN relay; null while there is no path. */
  readonly path: 'direct' | 'relayed' | null;
  /** Transport to the peer, or to the relay that this side uses; null while there is no path. */
  readonly protocol: 'udp' | 'tcp' | 'tls' | null;
  /** Milliseconds; null until it was measured. */
  readonly roundTripMs: number | null;
  /** All that is sent to this peer. Null in the first second, and after the path has changed. */
  readonly sendBitsPerSecond: number | null;
  /** All that comes from this peer. Null in the first second, and after the path has changed. */
  readonly receiveBitsPerSecond: number | null;
  /** Video frames decoded since the start, of camera and screen together. */
  readonly framesDecoded: number;
  /** Video frames of the screen only. */
  readonly screenFramesDecoded: number;
  /** Audio samples received since the start, silence included. */
  readonly totalSamplesReceived: number;
  /** RTP packets from the peer that were lost since the start. */
  readonly packetsLost: number;
  /** What this side sends, by kind; a kind that isn't sent is missing. */
  readonly sent: Readonly<Partial<Record<TrackKind, SentStats>>>;
  /** What comes in, by kind; a kind that never came is missing. */
  readonly received: Readonly<Partial<Record<TrackKind, ReceivedStats>>>;
}

/** Stats of the connection to one of the peers of a call. */
export interface CallPeerStats extends PeerStats {
  /** As `RemotePeer.key`. */
  readonly key: string;
  readonly peerId: string;
  /** As `RemotePeer.quality`. */
  readonly quality: Quality | null;
}

/** What a call's connections did in the last second: plain data, which `JSON.stringify` keeps whole. */
export interface CallStats {
  /** When it was measured, in milliseconds since 1970. */
  readonly atMs: number;
  /** As `Call.line`. */
  readonly line: Quality | null;
  /** The limit, and what is given to all peers together. */
  readonly uplink: UplinkState;
  /** All that is sent to all peers together; null until it was measured. */
  readonly sendBitsPerSecond: number | null;
  /** All that comes from all peers together; null until it was measured. */
  readonly receiveBitsPerSecond: number | null;
  /** In the order of `Call.peers`. */
  readonly peers: readonly CallPeerStats[];
}
