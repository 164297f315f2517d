import type { CreateRoomRequest, TokensReply } from '../protocol/bodies.ts';
import type { LeaveReason } from '../protocol/events.ts';
import type { MediaState, Peer, Room, User } from '../protocol/fields.ts';
import type { ParleyClientError } from './errors.ts';

/** The SDK's public face. What implements it is not exported. */

/** Calls `listener` for each such event; the returned function takes it off again. */
export type On<Events extends { [name in keyof Events]: readonly unknown[] }> = <Name extends keyof Events>(
  event: Name,
  listener: (...values: Events[Name]) => void,
) => () => void;

// --- Account -------------------------------------------------------------------------------------------------------

/** Where an account is kept between visits: `localStorage` fits. Tabs that share it share the login. */
export type AccountStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface AccountOptions {
  /** The server's origin, such as `https://calls.example.org`; default: that of the page. */
  readonly baseUrl?: string | undefined;
  /** Keeps the login under the key `parley.account`; default: it is forgotten with the page. */
  readonly storage?: AccountStorage | undefined;
}

export interface GuestOptions extends AccountOptions {
  /** 1–64 characters. */
  readonly displayName?: string | undefined;
  /** 3–32 of `[A-Za-z0-9_-]`. */
  readonly username?: string | undefined;
}

export interface Account {
  readonly baseUrl: string;
  readonly user: TokensReply['user'];
  /**
   * An access token that lives for at least another 90 seconds, refreshed where needed. `fresh`: a new one in any case.
   * @throws ParleyClientError `unauthorized`, `refresh_token_reused`, `rate_limited`, `network`
   */
  token(fresh?: boolean): Promise<string>;
  /** Ends the login on the server, if it can be reached, and forgets it here. */
  signOut(): Promise<void>;
}

// --- Rooms ---------------------------------------------------------------------------------------------------------

export type { CreateRoomRequest, LeaveReason, MediaState, Room, User };

export interface CreatedRoom {
  readonly room: Room;
  /** The link to send to others. */
  readonly url: string;
}

// --- Client --------------------------------------------------------------------------------------------------------

/** An access token, or where to get one. `fresh`: the last one is about to die or was refused. */
export type TokenSource = string | ((fresh: boolean) => string | Promise<string>);

export interface ConnectOptions {
  /** The server's origin; default: that of the page. */
  readonly baseUrl?: string | undefined;
  /** `account.token`, a string, or a function that asks a backend. */
  readonly token: TokenSource;
  /** Milliseconds that the first connection may take; default 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** `reconnecting`: the line is lost; the session is being resumed and nothing is lost yet. `closed` is final. */
export type ClientState = 'live' | 'reconnecting' | 'closed';

export type ClientEvents = {
  state: [state: ClientState];
  /** It is over, and why; `error.code` is `closed` after `close()`. */
  closed: [error: ParleyClientError];
};

export interface Client {
  readonly state: ClientState;
  /** This session's public id; another one after a session could not be resumed. */
  readonly peerId: string;
  readonly user: User;
  readonly on: On<ClientEvents>;
  /**
   * Enters a room and calls everybody inside. One call at a time.
   * @throws ParleyClientError `room_not_found`, `password_required`, `wrong_password`, `room_full`, `room_locked`,
   *   `banned`, `forbidden`, `already_in_room`, `rate_limited`, `closed`
   */
  join(roomId: string, options?: JoinOptions): Promise<Call>;
  /** Leaves the call and ends the session. */
  close(): void;
}

// --- Call ----------------------------------------------------------------------------------------------------------

export interface JoinOptions {
  readonly password?: string | undefined;
  /** What an application wants the others to know: any JSON up to 4,096 characters. */
  readonly userInfo?: unknown;
  readonly microphone?: MediaStreamTrack | null | undefined;
  readonly camera?: MediaStreamTrack | null | undefined;
  /** Beside the ICE servers that the server hands out. */
  readonly rtc?: { readonly iceTransportPolicy?: RTCIceTransportPolicy } | undefined;
}

/** Why a call ended for this side. `left`: by `leave()` or `close()`; `connection_lost`: the client was closed. */
export type EndReason = 'left' | 'kicked' | 'banned' | 'room_closed' | 'connection_lost';

export type CallEvents = {
  /** Somebody came in. Those who were inside before are in `peers` from the start. */
  peer: [peer: RemotePeer];
  peerleft: [peer: RemotePeer, reason: LeaveReason];
  /** What this side sends has changed. */
  media: [media: MediaState];
  /** The call is over on this side; `error` says more where it did not end by `leave()`. */
  ended: [reason: EndReason, error: ParleyClientError | undefined];
  /** Whoever runs the room asks this side to send no more of a kind; what comes of it is the application's to decide. */
  muterequest: [kind: keyof MediaState, from: RemotePeer | undefined];
  /** Something failed that the call survives, such as one peer's connection. */
  error: [error: ParleyClientError, peer: RemotePeer | undefined];
};

export interface Call {
  readonly room: Room;
  /** This side's own id. */
  readonly peerId: string;
  /** The others, by their peer id. */
  readonly peers: ReadonlyMap<string, RemotePeer>;
  /** What this side sends: a track that is there and not muted. */
  readonly media: MediaState;
  readonly on: On<CallEvents>;
  readonly moderation: Moderation;
  /** Sends another track, or none; a change of device needs no new negotiation. The tracks stay the caller's to stop. */
  setMicrophone(track: MediaStreamTrack | null): Promise<void>;
  setCamera(track: MediaStreamTrack | null): Promise<void>;
  /** Silences or shows again what is sent, by `track.enabled`, and tells the others. */
  setMuted(muted: { readonly audio?: boolean; readonly video?: boolean }): void;
  /** Sends what `getDisplayMedia` gave, picture and sound, beside the camera. Ends by itself when its track ends. */
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

// --- RemotePeer ----------------------------------------------------------------------------------------------------

/** What a track shows. */
export type TrackKind = 'microphone' | 'camera' | 'screen' | 'screenAudio';

/** Of the media path, not of signaling. `failed`: no path was found; it stays so until one is, while tries go on. */
export type ConnectionState = 'connecting' | 'connected' | 'disconnected' | 'failed';

export type PeerEvents = {
  /** A track came, changed, or went (null). */
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
  /** Tracks that are received, null where there is none. `media` says whether the other side has muted them. */
  readonly microphone: MediaStreamTrack | null;
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
