import type { CreateRoomRequest, TokensReply } from '../protocol/bodies.ts';
import type { LeaveReason } from '../protocol/events.ts';
import type { MediaState, Room, User } from '../protocol/fields.ts';
import type { Call, JoinOptions } from './call-types.ts';
import type { ParleyClientError } from './errors.ts';
import type { On } from './peer-types.ts';
import type { WebSocketConstructor } from './signaling/session-socket.ts';

export type * from './call-types.ts';
export type * from './peer-types.ts';
export type { CreateRoomRequest, LeaveReason, MediaState, Room, User, WebSocketConstructor };

// --- Account -------------------------------------------------------------------------------------------------------

/** Where an account is kept between visits, such as `localStorage`. Tabs that share it share the login. */
export type AccountStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Where the server is, and where to keep the account. */
export interface AccountOptions {
  /** The server's origin, such as `https://calls.example.org`; default: the page's own. */
  readonly baseUrl?: string | undefined;
  /** Keeps the login under the key `parley.account`; default: the login ends with the page. */
  readonly storage?: AccountStorage | undefined;
}

/** Who the new guest is. */
export interface GuestOptions extends AccountOptions {
  /** 1 to `LIMITS.displayName.max` characters. */
  readonly displayName?: string | undefined;
  /** 3–32 characters of `[A-Za-z0-9_-]`. */
  readonly username?: string | undefined;
}

/** A signed-in user. */
export interface Account {
  /** The server's origin, without a slash at the end. */
  readonly baseUrl: string;
  readonly user: TokensReply['user'];
  /**
   * Resolves with an access token that is valid for at least another 90 seconds, after a refresh if necessary.
   * @param fresh refreshes in any case
   * @throws ParleyClientError `unauthorized`, `refresh_token_reused`, `rate_limited`, `network`, `timeout`
   * @example
   * const client = await connect({ token: account.token });
   */
  token(fresh?: boolean): Promise<string>;
  /**
   * Ends the login on the server, if it can be reached, and forgets it here. Never rejects.
   * @example
   * await account.signOut();
   */
  signOut(): Promise<void>;
}

// --- Rooms ---------------------------------------------------------------------------------------------------------

/** A room that was just created. */
export interface CreatedRoom {
  readonly room: Room;
  /** The link to send to others. */
  readonly url: string;
}

// --- Client --------------------------------------------------------------------------------------------------------

/** An access token, or a function that gets one. `fresh`: the last token is about to expire or was refused. */
export type TokenSource = string | ((fresh: boolean) => string | Promise<string>);

/** How `connect` opens a session. */
export interface ConnectOptions {
  /** The server's origin; default: the page's own. */
  readonly baseUrl?: string | undefined;
  /** `account.token`, a string, or a function that asks a backend. */
  readonly token: TokenSource;
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
  /** The session is over; `error.code` is `closed` after `close()`. */
  closed: [error: ParleyClientError];
};

/** A session with the server that survives lost connections. */
export interface Client {
  readonly state: ClientState;
  /** This session's public id; it changes if the session could not be resumed. */
  readonly peerId: string;
  readonly user: User;
  /**
   * Calls a listener for each event; returns a function that removes it.
   * @example
   * client.on('state', (state) => banner.toggleAttribute('hidden', state === 'live'));
   */
  readonly on: On<ClientEvents>;
  /**
   * Enters a room and calls everybody inside. A client has one call at a time.
   * @throws ParleyClientError `room_not_found`, `password_required`, `wrong_password`, `room_full`, `room_locked`,
   *   `banned`, `forbidden`, `already_in_room`, `rate_limited`, `closed`; `unsupported` if the browser has no WebRTC
   *   (policies and lockdown mode switch it off); the room isn't entered then
   * @throws TypeError if a track is of the wrong kind
   * @example
   * const call = await client.join(roomId, { microphone, camera, muted: { audio: true } });
   */
  join(roomId: string, options?: JoinOptions): Promise<Call>;
  /**
   * Leaves the call and ends the session.
   * @example
   * window.addEventListener('pagehide', () => client.close());
   */
  close(): void;
}
