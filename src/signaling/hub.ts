import type { Clock } from '../lib/clock.ts';
import type { Ids, PeerId, RoomId, UserId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { MediaState, Peer, Room } from '../protocol/fields.ts';
import type { Limits } from '../protocol/limits.ts';
import type { IceGrant } from './ice-grant.ts';
import type { Identity } from './identity.ts';
import type { PeerSocket } from './peer-socket.ts';
import type { Session } from './session.ts';

export interface HubDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly limits: Limits;
  /** Whether users may call each other without a room [CA6]. */
  readonly directCalls: boolean;
  readonly iceServers: (peerId: PeerId) => IceGrant;
  /** A peer left a room, or its session ended: its TURN credentials should stop working. */
  readonly onLeftCall?: (peerId: PeerId) => void;
  /** Somebody came into a room that was empty. */
  readonly onRoomEntered?: (roomId: RoomId) => void;
  /** The last one left a room. */
  readonly onRoomEmptied?: (roomId: RoomId) => void;
}

/** A connection whose token was verified. */
export interface Arrival {
  readonly identity: Identity;
  readonly socket: PeerSocket;
  /** The client's address, for the limit on bad resume tokens. */
  readonly address: string;
  readonly resume?: { readonly token: string; readonly lastSeq: number } | undefined;
}

/** What is known of a room apart from who is inside. */
export type RoomFacts = Omit<Room, 'participants' | 'id'> & { readonly id: RoomId };

export interface Entry {
  readonly room: RoomFacts;
  readonly userInfo?: unknown;
  readonly media?: MediaState | undefined;
  /** The message id to answer. */
  readonly re?: number | undefined;
}

export interface HubStats {
  readonly live: number;
  readonly suspended: number;
  readonly rooms: number;
  /** Since the start. */
  readonly sessionsBegun: number;
  readonly resumed: number;
  readonly resumesRefused: number;
}

/** Every session, and the rooms they are in: what the process knows and no database does. */
export interface Hub {
  /**
   * Begins a session, or takes one up again [SE3], and says `welcome`.
   * @throws ParleyError `too_many_sessions`; `unavailable` while draining
   */
  connect(arrival: Arrival): Session;
  /** The connection is gone: its session is suspended [SE2]. Nothing happens if the session has a newer one. */
  lost(session: Session, socket: PeerSocket): void;
  /** The user ended it: `session:bye`, or a close with 1000 or 1001 [SE6]. */
  bye(session: Session): void;
  /** @throws ParleyError `room_full`, `already_in_room` */
  enter(session: Session, entry: Entry): void;
  /** @throws ParleyError `not_in_room` */
  leave(session: Session): void;
  /** How many are inside. */
  participants(roomId: string): number;
  /** Those inside as a newcomer sees them. */
  peersOf(roomId: string): Peer[];
  isOnline(userId: UserId): boolean;
  /** The login was ended: its sessions close with 4001. */
  endLogin(loginId: string): void;
  stats(): HubStats;
  /** Says `server:draining` to everybody and takes no new session [SE8]. */
  drain(): void;
  /** Closes every connection with 4100. @returns one JSON text for each session; for `restore` of a later process */
  snapshot(): string[];
  /**
   * Takes up what an earlier process left. Call it before the first `connect`.
   * @param savedAt milliseconds since 1970
   * @returns how many sessions wait to be resumed
   */
  restore(rows: readonly string[], savedAt: number): number;
  close(): void;
}

export declare function createHub(deps: HubDeps): Hub;
/** The shape of what `snapshot` gives. Rows of another version are dropped. */
export declare const SNAPSHOT_VERSION: number;
