import type { CreateRoomRequest } from '../protocol/bodies.ts';
import type { ChatMessage } from '../protocol/chat-events.ts';
import type { HangupReason, LeaveReason } from '../protocol/events.ts';
import type { MediaState, User, UserKind, UserStatus } from '../protocol/fields.ts';
import type { Ban, RoomInvitation } from '../protocol/host-bodies.ts';
import type { PastCall } from '../protocol/room-bodies.ts';
import type { ChatPolicy, Room, SendKind } from '../protocol/room-fields.ts';
import type { StatusChange } from './account-types.ts';
import type { Call } from './call-types.ts';
import type { CallOptions, DirectCall, IncomingCall } from './direct-types.ts';
import type { JoinOptions, NextRoom, TokenSource } from './entry-types.ts';
import type { ParleyClientError } from './errors.ts';
import type { On } from './peer-types.ts';
import type { WebSocketConstructor } from './signaling/session-socket.ts';

export type * from './account-types.ts';
export type * from './call-types.ts';
export type * from './chat-types.ts';
export type * from './check/check-types.ts';
export type * from './data-types.ts';
export type * from './direct-types.ts';
export type * from './entry-types.ts';
export type * from './host-types.ts';
export type * from './knock-types.ts';
export type * from './media-types.ts';
export type * from './mesh-types.ts';
export type * from './message-types.ts';
export type { DeviceChoice } from './open-devices.ts';
export type * from './peer-types.ts';
export type * from './room-types.ts';
export type * from './stats-types.ts';
export type {
  Ban,
  ChatMessage,
  ChatPolicy,
  CreateRoomRequest,
  HangupReason,
  LeaveReason,
  MediaState,
  PastCall,
  Room,
  RoomInvitation,
  SendKind,
  User,
  UserKind,
  UserStatus,
  WebSocketConstructor,
};

// --- Client --------------------------------------------------------------------------------------------------------

/** How `connect` opens a session. */
export interface ConnectOptions {
  /** The server's origin; default: the page's own. */
  readonly baseUrl?: string | undefined;
  /** `account.token`, a string, or a function that asks a backend. */
  readonly token: TokenSource;
  /**
   * The room that `join` enters next. A place in it, and the relay's credentials, are asked for while the WebSocket opens, so
   * that connections are ready when the room is entered. The place is given back if `join` doesn't follow within 55 s; a
   * refusal comes from `join`, as ever.
   * @example
   * const client = await connect({ token, next: { roomId } });
   * const call = await client.join(roomId, { microphone });
   */
  readonly next?: NextRoom | undefined;
  /** Gives up when it is aborted: `connect` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until `connect` gives up; default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** For runtimes without `globalThis.WebSocket`, such as Node before 22: the one of the package `ws` fits. */
  readonly WebSocket?: WebSocketConstructor | undefined;
}

/** `reconnecting`: the connection is lost and the session is being resumed; nothing is lost yet. `closed` is final. */
export type ClientState = 'live' | 'reconnecting' | 'closed';

/** What `client.on` reports: each event with its arguments. */
export type ClientEvents = {
  state: [state: ClientState];
  /** Somebody in the room, or this user, changed how they are, came online or went offline. */
  status: [change: StatusChange];
  /** Somebody calls this user, in no room. Without a listener it rings at the user's other sessions only. */
  call: [incoming: IncomingCall];
  /** The session is over; `error.code` is `closed` after `close()`. */
  closed: [error: ParleyClientError];
};

/** A session with the server that survives lost connections. */
export interface Client {
  readonly state: ClientState;
  /** This session's public id; it changes if the session could not be resumed. */
  readonly peerId: string;
  /** The user as it was at the last connect or resume; `account.user` is newer. */
  readonly user: User;
  /**
   * Calls a listener for each event; returns a function that removes it.
   * @example
   * client.on('state', (state) => banner.toggleAttribute('hidden', state === 'live'));
   */
  readonly on: On<ClientEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<ClientEvents>;
  /**
   * Enters a room and calls everybody inside. If the room has a waiting room, it resolves when a host has let this side
   * in, however often the connection is lost meanwhile; see `JoinOptions.onWaiting`. A client has one call at a time.
   * @throws ParleyClientError `room_not_found`, `password_required`, `wrong_password`, `room_full`, `room_locked`,
   *   `room_not_open`, `knock_refused`, `banned`, `forbidden`, `already_in_room`, `rate_limited`, `closed`; `unsupported`
   *   if the browser has no WebRTC (policies and lockdown mode switch it off); the room isn't entered then
   * @throws TypeError if a track is of the wrong kind
   * @example
   * const call = await client.join(roomId, { microphone, camera, muted: { audio: true } });
   */
  join(roomId: string, options?: JoinOptions): Promise<Call>;
  /**
   * Calls a user directly, without a room: all sessions of that user ring. Resolves when one of them has answered. An admin
   * says who may call whom (`DIRECT_CALLS`); guests usually may not.
   * @throws ParleyClientError `user_offline`; `declined`, `user_busy`; `timeout` if nobody answers within `ringMs`; `forbidden`
   *   if this user may not call; `already_in_room` while this client is in a call; `unsupported`, `network`, `closed`,
   *   `session_lost`
   * @throws TypeError if a track is of the wrong kind
   * @example
   * const call = await client.call(userId, { microphone, camera, signal: givenUp.signal });
   */
  call(userId: string, options?: CallOptions): Promise<DirectCall>;
  /**
   * Leaves the call and ends the session.
   * @example
   * window.addEventListener('pagehide', () => client.close());
   */
  close(): void;
}
