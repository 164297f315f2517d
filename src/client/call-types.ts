import type { LeaveReason } from '../protocol/events.ts';
import type { MediaState, Room } from '../protocol/fields.ts';
import type { ParleyClientError } from './errors.ts';
import type { On, RemotePeer } from './peer-types.ts';

/** The public face of a call. */

/** What is muted. Audio is the microphone, video the camera; a screen share is never muted. */
export interface Muted {
  readonly audio?: boolean | undefined;
  readonly video?: boolean | undefined;
}

export interface JoinOptions {
  readonly password?: string | undefined;
  /** What an application wants the others to know: any JSON up to 4,096 characters. */
  readonly userInfo?: unknown;
  /** If its `enabled` is false, this side joins muted: the others are told so, and hear nothing until `setMuted`. */
  readonly microphone?: MediaStreamTrack | null | undefined;
  /** If its `enabled` is false, this side joins without a picture. */
  readonly camera?: MediaStreamTrack | null | undefined;
  /** Kinds to mute before anything is sent. False or absent unmutes nothing: `track.enabled` stays as it is. */
  readonly muted?: Muted | undefined;
  /** Added to the ICE servers that the server hands out. */
  readonly rtc?: { readonly iceTransportPolicy?: RTCIceTransportPolicy } | undefined;
}

/**
 * Why a call ended for this side. `left`: by `leave()` or `close()`; `connection_lost`: the client was closed;
 * `replaced`: the same user went on in another session.
 */
export type EndReason = 'left' | 'kicked' | 'banned' | 'room_closed' | 'connection_lost' | 'replaced';

export type CallEvents = {
  /** Somebody came in. Those who were inside before are in `peers` from the start. */
  peer: [peer: RemotePeer];
  /** `reason` is `replaced` if the same user came in again while this session of his was suspended. */
  peerleft: [peer: RemotePeer, reason: LeaveReason];
  /** The room changed: it was locked or unlocked, or its owner edited it. `call.room` is already the new one. */
  room: [room: Room];
  /** What this side sends has changed. */
  media: [media: MediaState];
  /** The call is over on this side; `error` says more unless it ended by `leave()`. */
  ended: [reason: EndReason, error: ParleyClientError | undefined];
  /** Whoever runs the room asks this side to stop sending a kind; the application decides what to do. */
  muterequest: [kind: keyof MediaState, from: RemotePeer | undefined];
  /**
   * Something failed that the call survives: one peer's connection, or an ICE server that this browser refuses
   * (`unsupported`). What failed while joining is reported after `join()` has resolved.
   */
  error: [error: ParleyClientError, peer: RemotePeer | undefined];
};

/**
 * A call.
 *
 * **Who owns a track.** The caller owns microphone and camera: the SDK never stops them. While they are in a call,
 * `track.enabled` belongs to the SDK: mute with `setMuted`, so that the others are told. Only `setMuted` unmutes: a
 * track that comes disabled stays disabled. The SDK owns a screen share: it stops the tracks as soon as they can't be
 * sent, so that the browser never shows a share that nobody sees.
 */
export interface Call {
  /** As the server last told it; `participants` is the count of that moment, `peers` is live. */
  readonly room: Room;
  /** This side's own id. */
  readonly peerId: string;
  /** The others, by their peer id. */
  readonly peers: ReadonlyMap<string, RemotePeer>;
  /** What this side sends: a track that is live and enabled, and not taken away by the system. */
  readonly media: MediaState;
  /** What is muted, whether there is a track or not: it also holds for the tracks to come. */
  readonly muted: { readonly audio: boolean; readonly video: boolean };
  /**
   * @example
   * call.on('peerleft', (peer, reason) => console.log(peer.displayName, reason));
   * const off = call.on('room', ({ locked }) => showLock(locked));
   */
  readonly on: On<CallEvents>;
  readonly moderation: Moderation;
  /**
   * Sends another microphone, or none, without a new negotiation. The track stays the caller's to stop, also when this
   * rejects. Resolves when every peer is sent it. If all peers failed, what was sent before goes on; if only some did,
   * the others keep the new track.
   * @throws ParleyClientError `media_failed` if it can't be sent to one or more peers (`cause` has the reasons),
   *   `closed` if the call is over
   * @throws TypeError if it is a video track
   * @example
   * const stream = await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: headset } } });
   * await call.setMicrophone(stream.getAudioTracks()[0] ?? null);
   */
  setMicrophone(track: MediaStreamTrack | null): Promise<void>;
  /**
   * The same for the camera.
   * @throws ParleyClientError `media_failed`, `closed`
   * @throws TypeError if it is an audio track
   * @example
   * await call.setCamera(null); // the others see no picture: peer.camera is null there
   */
  setCamera(track: MediaStreamTrack | null): Promise<void>;
  /**
   * Mutes or unmutes the named kinds by `track.enabled`, and tells the others. A muted kind stays muted when its track
   * is replaced.
   * @example
   * muteButton.onclick = () => call.setMuted({ audio: !call.muted.audio });
   */
  setMuted(muted: Muted): void;
  /**
   * Sends what `getDisplayMedia` gave, picture and sound, besides the camera; takes the place of the share before it,
   * which is stopped. Ends by itself when its track ends. The SDK owns the stream from here on: if this rejects, nobody
   * is sent it and every track of it is stopped. A peer that can't be sent it while others are is reported by `error`.
   * @throws ParleyClientError `closed` if the call is over or ends meanwhile, `media_failed` if no peer can be sent it
   * @throws TypeError if the stream has no video track
   * @example
   * await call.startScreenShare(await navigator.mediaDevices.getDisplayMedia({ video: true, audio: true }));
   */
  startScreenShare(stream: MediaStream): Promise<void>;
  /** Stops the stream's tracks as well: the browser shows that sharing is over. */
  stopScreenShare(): Promise<void>;
  /** Tells the others that this side speaks, or stopped. */
  setSpeaking(speaking: boolean): void;
  setTyping(typing: boolean): void;
  /** Leaves the room, closes every connection. Resolves when the server knows, or after 2 seconds. */
  leave(): Promise<void>;
}

/**
 * For the owner of the room, and for tokens with `room.admin` or the role `service`; all others are refused.
 * @throws ParleyClientError `forbidden`, `peer_gone` where the peer has left, `closed`, `session_lost`
 */
export interface Moderation {
  /** Puts somebody out; with `ban` for good, from all of the user's tabs. */
  kick(peer: RemotePeer, options?: { readonly ban?: boolean | undefined }): Promise<void>;
  /** A locked room lets nobody new in. */
  lock(locked: boolean): Promise<void>;
  /** Asks somebody to send no more of a kind: a `muterequest` there. */
  askToMute(peer: RemotePeer, kind: keyof MediaState): Promise<void>;
  /** Ends the room for everybody. */
  closeRoom(): Promise<void>;
}
