import type { CreateRoomRequest, TokensReply } from '../protocol/bodies.ts';
import type { LeaveReason } from '../protocol/events.ts';
import type { MediaState, Room, User } from '../protocol/fields.ts';
import type { Call, JoinOptions } from './call-types.ts';
import type { ParleyClientError } from './errors.ts';
import type { On } from './peer-types.ts';
import type { SocketConstructor } from './signaling/socket.ts';

export type * from './call-types.ts';
export type * from './peer-types.ts';

/** The SDK's public face. What implements it is not exported. */

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
  /** For runtimes without `globalThis.WebSocket`, such as Node before 22: that of the package `ws` fits. */
  readonly WebSocket?: SocketConstructor | undefined;
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
   *   `banned`, `forbidden`, `already_in_room`, `rate_limited`, `closed`; `unsupported` if the browser makes no
   *   RTCPeerConnection (WebRTC is switched off, by policy or lockdown): the room is not entered
   * @example
   * const call = await client.join(roomId, { microphone, camera, muted: { audio: true } });
   * for (const peer of call.peers.values()) show(peer);
   * call.on('peer', show);
   */
  join(roomId: string, options?: JoinOptions): Promise<Call>;
  /** Leaves the call and ends the session. */
  close(): void;
}
