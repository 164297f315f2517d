import type { PeerStats, TrackKind } from '../../types.ts';

/** What one connection's stats say at one time (W3C webrtc-stats). Counts are since the start; null: the browser doesn't tell. */
export interface LinkReading extends Pick<PeerStats, 'path' | 'protocol' | 'roundTripMs'> {
  /** By the browser's clock, in milliseconds since 1970. */
  readonly atMs: number;
  /** Identifies the candidate pair in use: with another one, the byte counts start again. */
  readonly pairId: string | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** A hint: it moves only while it is filled, and Firefox doesn't have it. */
  readonly availableOutgoingBitsPerSecond: number | null;
  readonly sent: ReadonlyMap<TrackKind, SentReading>;
  readonly received: ReadonlyMap<TrackKind, ReceivedReading>;
}

/** What this side sends on one m-line, and what the peer reports of it (RTCP receiver reports). */
export interface SentReading {
  /** With the headers of RTP, and what was sent again. */
  readonly bytes: number;
  readonly packets: number;
  readonly frames: number;
  /** 0 in Firefox. */
  readonly keyFrames: number;
  /** Pixels of what is encoded. */
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  /** Null in Firefox. */
  readonly limitedBy: 'none' | 'cpu' | 'bandwidth' | 'other' | null;
  /** Without `audio/` or `video/`. */
  readonly codec: string | null;
  /** Whether the encoder saves power, which means hardware. Null in Firefox. */
  readonly efficient: boolean | null;
  /** Packets lost on the way, by the peer's last report. */
  readonly lost: number | null;
  /** Of the packets since the report before, from 0 to 1. */
  readonly lostFraction: number | null;
  readonly roundTripMs: number | null;
  /** When the peer's last report came, by the browser's clock: with the same time, it is the same report. */
  readonly reportedAtMs: number | null;
}

/** What comes in on one m-line. */
export interface ReceivedReading {
  /** With the headers of RTP, and what was sent again. */
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
  readonly jitterMs: number | null;
  readonly codec: string | null;
  readonly framesReceived: number;
  readonly framesDecoded: number;
  readonly framesDropped: number;
  readonly keyFrames: number;
  /** Pixels of what is decoded. */
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  readonly freezes: number;
  readonly freezeSeconds: number;
  readonly samples: number;
  /** Samples that were made up because packets were missing or late. */
  readonly concealedSamples: number;
}
