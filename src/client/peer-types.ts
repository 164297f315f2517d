import type { MediaState, Peer } from '../protocol/fields.ts';
import type { SendKind } from '../protocol/room-fields.ts';
import type { PeerIdentity } from './call/privacy/pins.ts';
import type { SafetyCode } from './call/privacy/safety-code.ts';
import type { PictureKind, Quality, ShownPicture, TrackKind } from './media-types.ts';
import type { PeerStats } from './stats-types.ts';

export type { SafetyEmoji } from './call/privacy/emoji.ts';
export type { PeerIdentity, SafetyCode };

/** How long to wait. */
export interface WaitOptions {
  /**
   * Gives up when it is aborted: the promise rejects with its reason. What was sent isn't taken back: the server may do it, or
   * have done it, all the same.
   */
  readonly signal?: AbortSignal | undefined;
}

/** How to listen. */
export interface ListenOptions {
  /** Removes the listener when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** Calls `listener` for each event of this name; returns a function that removes it. */
export type On<Events extends { [name in keyof Events]: readonly unknown[] }> = <Name extends keyof Events>(
  event: Name,
  listener: (...values: Events[Name]) => void,
  options?: ListenOptions,
) => () => void;

/**
 * State of the media path to a peer, independent of signaling. `failed`: the peer doesn't answer, or no path to it was
 * found. The SDK keeps trying, at a slow pace; the state stays `failed` until a path is found.
 */
export type ConnectionState = 'connecting' | 'connected' | 'disconnected' | 'failed';

/** What somebody may do in a room. */
export interface Rights {
  /** Whether this is a host: hosts lock, put out, admit, limit, and make others hosts. */
  readonly host: boolean;
  /** What may be sent: `audio` is the microphone, `video` the camera, `screen` the screen with its sound. */
  readonly send: readonly SendKind[];
}

/** What `peer.on` reports: each event with its arguments. */
export type PeerEvents = {
  /** A track came or was replaced; null: it is gone, remove what showed it. */
  track: [kind: TrackKind, track: MediaStreamTrack | null];
  /** The peer muted, unmuted, or started or stopped a kind. */
  media: [media: MediaState];
  /** The peer started or stopped speaking. */
  speaking: [speaking: boolean];
  /** The peer started or stopped typing. */
  typing: [typing: boolean];
  /** `suspended`: the peer lost its connection to the server; media may go on. */
  state: [state: Peer['state']];
  /** The media path changed. */
  connection: [state: ConnectionState];
  /** The peer became a host or no longer is one, or may send more or less. */
  rights: [rights: Rights];
  /** The peer raised its hand, or it was lowered: null. */
  hand: [hand: string | null];
  /** The peer holds pictures back because its uplink is too slow, or sends them again. */
  held: [held: Readonly<Record<PictureKind, boolean>>];
  /** What comes in from the peer became better or worse; null: there is no connection to judge. Every 5 seconds at most. */
  quality: [quality: Quality | null];
  /** What this side knows of the peer's key; null while there is no connection that proves one. */
  identity: [identity: PeerIdentity | null];
  /** `safetyCode()` resolves with another code than before, or with one at last. */
  safetycode: [];
  /** The peer goes by another name, or its application tells something else. */
  profile: [profile: Pick<RemotePeer, 'displayName' | 'userInfo'>];
};

/**
 * Somebody else in the call.
 * @example
 * function show(peer: RemotePeer): void {
 *   video.srcObject = peer.camera && new MediaStream([peer.camera]);
 *   peer.on('track', (kind, track) => {
 *     if (kind === 'camera') video.srcObject = track && new MediaStream([track]);
 *   });
 * }
 */
export interface RemotePeer {
  /** Identifies this person's tile: unlike `peerId`, it stays when the person returns in a new session. */
  readonly key: string;
  /** The public id of the peer's session. */
  readonly peerId: string;
  /** The same for all sessions of a user. */
  readonly userId: string;
  readonly username: string | null;
  readonly displayName: string | null;
  /** What the peer's application passed as `JoinOptions.userInfo`. Other people wrote it: check it before use. */
  readonly userInfo: unknown;
  /** What the peer says that it sends, without what it may not send. */
  readonly media: MediaState;
  /** Whether the peer is a host. */
  readonly host: boolean;
  /** What the peer may send; tracks of other kinds are dropped. */
  readonly send: Rights['send'];
  /** When the peer raised its hand (ISO 8601); null while it is down. Hands sort by it. */
  readonly hand: string | null;
  readonly speaking: boolean;
  readonly typing: boolean;
  readonly state: Peer['state'];
  readonly connectionState: ConnectionState;
  /** Stays while the peer is muted, so that sound returns at once; `media.audio` says whether the peer is heard. */
  readonly microphone: MediaStreamTrack | null;
  /** Null while the peer sends no picture. */
  readonly camera: MediaStreamTrack | null;
  /** Null while the peer shares no screen. */
  readonly screen: MediaStreamTrack | null;
  readonly screenAudio: MediaStreamTrack | null;
  /**
   * Calls a listener for each event; returns a function that removes it.
   * @example
   * peer.on('media', ({ audio }) => badge.toggleAttribute('hidden', audio));
   */
  readonly on: On<PeerEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<PeerEvents>;
  /** Which pictures the peer holds back because its uplink is too slow: what is shown of them is old. */
  readonly held: Readonly<Record<PictureKind, boolean>>;
  /**
   * How good what comes in from the peer is, by its faults of the last seconds: lost packets, sound that was made up, pictures
   * that stand still. What is muted, held or not shown is no fault. Null until there is enough to judge.
   * @example
   * peer.on('quality', (quality) => sign.toggleAttribute('hidden', quality !== 'poor'));
   */
  readonly quality: Quality | null;
  /**
   * Says how large this side shows a picture, so that the peer sends no more than that; null: it isn't shown, and the peer
   * stops sending it until it is. Before the first word about it, a picture comes in full. It may be said often: the peer
   * hears of it ten times a second at most, and over reconnects. What `attach` and `measure` see counts besides: the largest
   * is asked for, and it comes first if any of them does.
   * @throws RangeError if the height is negative or not finite
   * @example
   * peer.setShown('camera', { height: video.clientHeight * devicePixelRatio });
   */
  setShown(kind: PictureKind, shown: ShownPicture | null): void;
  /**
   * Measures how large a `<video>` shows a picture, and says it as `setShown` does, until the returned function is called or the
   * peer leaves. A video that is out of view, in a hidden page or behind what is in full screen shows nothing; in
   * picture-in-picture it goes on. `attach` does it for its own.
   * @example
   * const stop = peer.measure('camera', video);
   * peer.on('track', (kind, track) => {
   *   if (kind === 'camera') video.srcObject = track && new MediaStream([track]);
   * });
   */
  measure(kind: PictureKind, video: HTMLVideoElement): () => void;
  /**
   * Plays what the peer sends inside an element: camera and screen as pictures, with sound. It keeps up with the tracks, has
   * pictures sent as large as they are shown, and cleans up when the peer leaves, or when the returned function is called.
   * @example
   * call.on('peer', (peer) => peer.attach(tiles.appendChild(document.createElement('figure'))));
   */
  attach(element: HTMLElement): () => void;
  /**
   * Whether this side has met the peer before in this room, by the key that its connection has proved; null before that, and in
   * a browser that can't keep keys. Another user id is another person: the server says who is who, the key that it is the same
   * one.
   */
  readonly identity: PeerIdentity | null;
  /**
   * Resolves with what both people can compare, aloud or by another way, to be sure that nobody sits between them: it is the
   * same on both sides as long as each uses the other's own key. Null while there is no connection, or if the browser can't
   * compute it (the page isn't secure).
   * @example
   * const code = await peer.safetyCode();
   * if (code !== null) show(code.emoji.map(({ emoji }) => emoji).join(' '), code.digits);
   */
  safetyCode(): Promise<SafetyCode | null>;
  /**
   * Remembers a changed key, after the person has compared the code: from now on `identity` is `known`. Otherwise it does nothing.
   * Rejects with the browser's reason if it can't be kept.
   * @example
   * sameCodeButton.onclick = () => peer.confirmIdentity();
   */
  confirmIdentity(): Promise<void>;
  /**
   * Stats of the connection, a second old at most. Those of all peers together: `call.stats()`.
   * @example
   * const { path, roundTripMs, received } = await peer.stats();
   * console.log(path, roundTripMs, received.camera?.height);
   */
  stats(): Promise<PeerStats>;
}
