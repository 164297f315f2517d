import type { LeaveReason } from '../protocol/events.ts';
import type { MediaState } from '../protocol/fields.ts';
import type { Room } from '../protocol/room-fields.ts';
import type { ParleyClientError } from './errors.ts';
import type { On, RemotePeer } from './peer-types.ts';

/** Kinds to mute (true) or unmute (false). `audio` is the microphone, `video` the camera; a screen share has no mute. */
export interface Muted {
  readonly audio?: boolean | undefined;
  readonly video?: boolean | undefined;
}

/** How `client.join` enters a room; everything is optional. */
export interface JoinOptions {
  /** The room's password, if it has one. */
  readonly password?: string | undefined;
  /** What the application tells the others about this person: any JSON, at most `LIMITS.userInfo.max` characters. */
  readonly userInfo?: unknown;
  /** If its `enabled` is false, this side joins muted: the others are told so, and hear nothing until `setMuted`. */
  readonly microphone?: MediaStreamTrack | null | undefined;
  /** If its `enabled` is false, this side joins without a picture. */
  readonly camera?: MediaStreamTrack | null | undefined;
  /** Kinds to mute before anything is sent. False or absent unmutes nothing: `track.enabled` stays as it is. */
  readonly muted?: Muted | undefined;
  /** `iceTransportPolicy: 'relay'` sends all media through a TURN server; default `all`. */
  readonly rtc?: { readonly iceTransportPolicy?: RTCIceTransportPolicy } | undefined;
}

/**
 * Why a call ended on this side. `left`: `leave()` or `close()` was called. `connection_lost`: the session ended and
 * this side could not come back. `replaced`: the same user went on in another session.
 */
export type EndReason = 'left' | 'kicked' | 'banned' | 'room_closed' | 'connection_lost' | 'replaced';

/** What `call.on` reports: each event with its arguments. */
export type CallEvents = {
  /** Somebody came in. Whoever was inside before is in `peers` from the start. */
  peer: [peer: RemotePeer];
  /** Somebody left. `reason` is `replaced` if the same user came in again while this session was suspended. */
  peerleft: [peer: RemotePeer, reason: LeaveReason];
  /** The room was locked, unlocked or edited; `call.room` is already the new one. */
  room: [room: Room];
  /** What this side sends has changed. */
  media: [media: MediaState];
  /** The call is over on this side. `error` has the details, unless it ended by `leave()`. */
  ended: [reason: EndReason, error: ParleyClientError | undefined];
  /** A moderator asks this side to stop sending a kind. The SDK does nothing: the application decides. */
  muterequest: [kind: keyof MediaState, from: RemotePeer | undefined];
  /**
   * Something failed and the call goes on: a peer's connection (`peer` says whose), or an ICE server that this browser
   * refuses (`unsupported`). Failures during `join()` are reported after it has resolved.
   */
  error: [error: ParleyClientError, peer: RemotePeer | undefined];
};

/**
 * A call: one room, one connection to each peer.
 *
 * **Who owns a track.** The caller owns microphone and camera: the SDK never stops them. While they are in a call,
 * `track.enabled` belongs to the SDK: mute with `setMuted`, which also tells the other peers. Only `setMuted` unmutes: a
 * track that is disabled when passed in stays disabled. The SDK owns a screen share: it stops the tracks as soon as they can't be
 * sent, so that the browser never shows a share that no peer receives.
 * @example
 * const call = await client.join(roomId, { microphone, camera });
 * for (const peer of call.peers.values()) show(peer);
 * call.on('peer', show);
 * call.on('peerleft', remove);
 * call.on('ended', (reason) => console.log(reason));
 */
export interface Call {
  /** The room as the server last described it. `participants` is the count at that time; `peers` is always current. */
  readonly room: Room;
  /** This side's public id; it changes if the session could not be resumed. */
  readonly peerId: string;
  /** The others, by `peerId`. */
  readonly peers: ReadonlyMap<string, RemotePeer>;
  /** What this side sends: a kind is true if its track is live and enabled, and the system has not paused it. */
  readonly media: MediaState;
  /** What is muted, with or without a track: it also holds for the next track. */
  readonly muted: { readonly audio: boolean; readonly video: boolean };
  /**
   * Calls a listener for each event; returns a function that removes it.
   * @example
   * const off = call.on('peerleft', (peer, reason) => console.log(peer.displayName, reason));
   */
  readonly on: On<CallEvents>;
  /** What moderators may do; others are refused with `forbidden`. */
  readonly moderation: Moderation;
  /**
   * Sends another microphone, or none, without a new negotiation. Resolves when it is sent to every peer. If no peer can
   * be sent it, the previous track continues; if only some can't, the others keep the new one. The caller stops the track,
   * even if this rejects.
   * @throws ParleyClientError `media_failed` if it can't be sent to one or more peers, `closed` if the call is over
   * @throws TypeError if it is a video track
   * @example
   * const stream = await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: headset } } });
   * await call.setMicrophone(stream.getAudioTracks()[0] ?? null);
   */
  setMicrophone(track: MediaStreamTrack | null): Promise<void>;
  /**
   * Sends another camera, or none; otherwise as `setMicrophone`.
   * @throws ParleyClientError `media_failed`, `closed`
   * @throws TypeError if it is an audio track
   * @example
   * await call.setCamera(null); // peer.camera is null for the others
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
   * Sends the picture and sound that `getDisplayMedia` gave, besides the camera. It replaces and stops an earlier
   * share, and ends when its video track ends. The SDK owns the stream from here on: if this rejects, no peer is sent
   * the share and all its tracks are stopped. If only some peers can't be sent it, an `error` event names each.
   * @throws ParleyClientError `media_failed` if no peer can be sent it, `closed` if the call is over or ends meanwhile
   * @throws TypeError if the stream has no video track
   * @example
   * await call.startScreenShare(await navigator.mediaDevices.getDisplayMedia({ video: true, audio: true }));
   */
  startScreenShare(stream: MediaStream): Promise<void>;
  /**
   * Ends the screen share and stops its tracks, so that the browser shows that sharing is over.
   * @throws ParleyClientError `media_failed` if a peer could not be told to remove it
   * @example
   * await call.stopScreenShare();
   */
  stopScreenShare(): Promise<void>;
  /**
   * Tells the others that this side started or stopped speaking. The SDK doesn't measure loudness itself.
   * @example
   * call.setSpeaking(loudness > 0.05);
   */
  setSpeaking(speaking: boolean): void;
  /**
   * Tells the others that this side started or stopped typing.
   * @example
   * input.oninput = () => call.setTyping(input.value !== '');
   */
  setTyping(typing: boolean): void;
  /**
   * Leaves the room and closes every connection. Resolves when the server has confirmed it, or after 2 seconds.
   * @example
   * await call.leave();
   */
  leave(): Promise<void>;
}

/**
 * What moderators may do: the owner of the room, and tokens with `room.admin` or the role `service`.
 * @throws ParleyClientError `forbidden`; `peer_gone` if the peer has left; `closed`; `session_lost`
 * @example
 * await call.moderation.kick(peer, { ban: true });
 */
export interface Moderation {
  /** Removes a peer from the room. `ban` also keeps its user out, with all sessions. */
  kick(peer: RemotePeer, options?: { readonly ban?: boolean | undefined }): Promise<void>;
  /** Locks or unlocks the room. No new peer can enter a locked room. */
  lock(locked: boolean): Promise<void>;
  /** Asks a peer to stop sending a kind of media; it gets a `muterequest` event. */
  askToMute(peer: RemotePeer, kind: keyof MediaState): Promise<void>;
  /** Ends the call for everybody. */
  closeRoom(): Promise<void>;
}
