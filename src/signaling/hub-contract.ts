import type { Publisher } from '../domain/events.ts';
import type { Identity, Profile, Standing } from '../domain/identity.ts';
import type { Ids, PeerId, RoomId, UserId } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import type { LimitHits } from '../lib/limit-hits.ts';
import type { Log } from '../lib/log.ts';
import { CLOSE, type CloseCode } from '../protocol/codes.ts';
import type { LeaveReason } from '../protocol/events.ts';
import type { OwnKnock } from '../protocol/knock-events.ts';
import type { Limits } from '../protocol/limits.ts';
import type { CallPaths } from './calls/call-paths.ts';
import type { DirectCalls } from './calls/direct-calls.ts';
import type { TurnRight } from './calls/turn-right.ts';
import type { HubStats } from './hub-stats.ts';
import type { Arrival } from './life/arrivals.ts';
import type { Snapshot } from './life/restart.ts';
import type { ExpectedPeer, HoldRequest } from './live-rooms/expected.ts';
import type { IceGrant } from './live-rooms/ice-renewal.ts';
import type { Knock, Luggage } from './live-rooms/knock.ts';
import type { KnockRequest, Knocks } from './live-rooms/knocks.ts';
import type { JoinRequest, LiveRooms } from './live-rooms/live-rooms.ts';
import type { Participant } from './live-rooms/participant.ts';
import type { RefusedJoins } from './live-rooms/refused-joins.ts';
import type { HandleMessage } from './session/inbox.ts';
import type { PeerSocket } from './session/peer-socket.ts';
import type { Session } from './session/session.ts';
import type { WaitingBudget } from './session/waiting-line.ts';

/** Close codes of the reasons to put somebody out of a room [RM6]. */
export const PUT_OUT = {
  kicked: CLOSE.kicked,
  banned: CLOSE.banned,
  room_closed: CLOSE.roomClosed,
} as const satisfies Partial<Record<LeaveReason, CloseCode>>;
type PutOutReason = keyof typeof PUT_OUT;

export interface HubDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly limits: Limits;
  /** Bytes of the machine's memory. The pool for kept messages is sized as a share of it. */
  readonly memoryBytes: number;
  readonly directCalls: DirectCalls;
  /** How others see a user whose identity was verified in this turn of the event loop. */
  readonly profileOf: (userId: UserId) => Profile;
  readonly iceServers: (peerId: PeerId) => IceGrant;
  /** Id of the last message of a room's chat that is stored, from memory; null for none. */
  readonly lastMessageIn: (roomId: RoomId) => string | null;
  /** Does what the clients' messages ask for, apart from call messages. */
  readonly handle: HandleMessage;
  readonly events: Publisher;
  readonly limitHits: Pick<LimitHits, 'note'>;
}

/** A session, as backends see it. */
export interface Present {
  readonly peerId: PeerId;
  readonly userId: UserId;
  /** Null: it is in no room. */
  readonly roomId: RoomId | null;
  /** When it began, in milliseconds since 1970, with a fraction that no other session has. */
  readonly beganAt: number;
}

/** All sessions, and the rooms that they are in: live state, none of it in the database. */
export interface Hub {
  /** Who is inside which room. Whoever needs no more than that takes this part alone. */
  readonly liveRooms: Pick<
    LiveRooms,
    | 'membersOf'
    | 'countIn'
    | 'peersOf'
    | 'hasPlace'
    | 'isInside'
    | 'heldSince'
    | 'hasRoomFor'
    | 'isOccupied'
    | 'all'
    | 'expected'
    | 'release'
    | 'leave'
    | 'tellChange'
    | 'forgetUser'
  >;
  /** Who waits to be let in. */
  readonly knocks: Pick<
    Knocks,
    'lineOf' | 'itemsOf' | 'find' | 'isWaiting' | 'wait' | 'end' | 'refuse' | 'endAll' | 'lists'
  >;
  /** How the media of calls gets through; what is known of one end: `pathOf`. */
  readonly callPaths: CallPaths;
  /** Who was refused a room. What refuses somebody over HTTP has to be noted there. */
  readonly refusedJoins: RefusedJoins;
  /** Bounds the messages that wait to be read, of all connections together. */
  readonly waiting: WaitingBudget;
  /**
   * Begins a session, or resumes one [SE3], and sends `welcome`.
   * @throws ParleyError `too_many_sessions`; `unavailable` while draining
   */
  connect(arrival: Arrival): Session;
  /** Lets the session wait to be resumed [SE2], unless it has a newer connection. A lost connection needs no `code`. */
  suspend(session: Session, socket: PeerSocket, code?: CloseCode): void;
  /** Ends the session because its client wants that: `session:bye`, or a close with 1000 or 1001 [SE6]. */
  bye(session: Session): void;
  /**
   * Replaces the session's access token.
   * @throws ParleyError `forbidden` for another user's token [SE6], or for one that is good in another room only [TK4];
   *   `unavailable` if the user has changed since the token was verified
   */
  renew(session: Session, identity: Identity): void;
  /**
   * Puts the session into a room, and answers `room:joined`. If a session of the same user is suspended there, the new
   * one takes its place, even in a full room [RM8].
   * @throws ParleyError `room_full`, `already_in_room`; `forbidden` if the session has ended
   */
  enter(session: Session, request: JoinRequest): void;
  /**
   * Holds a place in a room for the bearer of this identity until its WebSocket comes. It can hold one in a full room for
   * somebody who has a place there already [RM8].
   * @throws ParleyError `room_full`, `rate_limited`; `unavailable` while draining
   */
  hold(identity: Identity, request: HoldRequest): ExpectedPeer;
  /**
   * Lets the bearer of this identity wait for a room without a session, or go on waiting there [KN1].
   * @throws ParleyError `knock_refused`, `rate_limited`; `unavailable` while draining
   */
  knock(
    identity: Identity,
    request: Pick<KnockRequest, 'room' | 'address'> & Pick<Luggage, 'userInfo'>,
  ): OwnKnock;
  /**
   * Lets somebody in who waits, whose session is answered `room:joined` as after a join [KN3]. For somebody without a session
   * a place is held.
   * @throws ParleyError `room_full`: the knock stays
   */
  letIn(knock: Knock, request: Pick<JoinRequest, 'room' | 'granted'>): void;
  /** Takes the session out of its room, or of the line in front of one [KN5]. @throws ParleyError `not_in_room` */
  leave(session: Session): void;
  /**
   * Takes all of the user's sessions out of the room and out of the line in front of it, and gives up the place that is held
   * there. They live on.
   */
  leaveRoom(userId: UserId, roomId: RoomId): void;
  /** Takes a participant out of its room, and ends its session [RM6]. */
  putOut(participant: Participant, reason: PutOutReason): void;
  /** Which TURN credentials an HTTP client may have; `roomId`: the room that they are for, if any [CA6]. */
  turnRight(identity: Identity, roomId?: string): TurnRight;
  /** Sessions that began after a moment, the oldest first, suspended ones too. */
  presentSince(moment: number): Iterable<Present>;
  /** Whether the user has a session, even a suspended one. */
  isOnline(userId: string): boolean;
  /** Ends all sessions of a login of this user with 4001. */
  endLogin(loginId: string, userId: UserId): void;
  /** Ends all sessions of a user with 4001. */
  endUser(userId: UserId): void;
  /** Users who have a session. */
  users(): ReadonlySet<UserId>;
  /** Gives all sessions of a user its stored kind, role and profile, and tells a new status to others [AC4]. */
  updateUser(userId: UserId, standing: Standing): void;
  /** Tells those who have a call that the relay is another one, without allocations [CA9]. */
  tellRelayRestarted(): void;
  stats(): HubStats;
  /**
   * Sends `server:draining` to all sessions, and begins no more [SE8].
   * @param restartMs milliseconds from the close until the next process listens; default 0
   */
  drain(restartMs?: number): void;
  /** Closes all connections with 4100, and yields the sessions as rows of JSON text. A slice may be empty. */
  slices(): Iterable<string[]>;
  /** Restores an earlier process's sessions, before the first `connect`. @returns how many wait to be resumed */
  restore(snapshot: Snapshot): number;
  close(): void;
}
