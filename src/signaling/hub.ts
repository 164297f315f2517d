import { ParleyError } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { Identity, Profile, Standing } from '../domain/identity.ts';
import type { Ids, PeerId, RoomId, UserId } from '../domain/ids.ts';
import { oneRoomOnly, restarting } from '../domain/refusals.ts';
import { isGoodIn } from '../domain/scope.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { CLOSE, type CloseCode } from '../protocol/codes.ts';
import type { LeaveReason } from '../protocol/events.ts';
import type { OwnKnock } from '../protocol/knock-events.ts';
import type { Limits } from '../protocol/limits.ts';
import { createCallRelay } from './calls/call-relay.ts';
import type { DirectCalls } from './calls/direct-calls.ts';
import { type TurnRight, turnRight } from './calls/turn-right.ts';
import { type HubStats, readHubStats } from './hub-stats.ts';
import { type Arrival, Arrivals } from './life/arrivals.ts';
import { Deadlines } from './life/deadlines.ts';
import { Lifecycle } from './life/lifecycle.ts';
import { createRateGuard } from './life/rate-guard.ts';
import { announceDrain, restoreSessions, type Snapshot, saveSessions } from './life/restart.ts';
import { updateUser } from './life/user-change.ts';
import { type ExpectedPeer, type HoldRequest, holdPlace } from './live-rooms/expected.ts';
import type { Knock, Luggage } from './live-rooms/knock.ts';
import { type KnockRequest, Knocks } from './live-rooms/knocks.ts';
import { type IceGrant, type JoinRequest, LiveRooms } from './live-rooms/live-rooms.ts';
import { type Participant, participantOf } from './live-rooms/participant.ts';
import { createInbox, type HandleMessage } from './session/inbox.ts';
import type { PeerSocket } from './session/peer-socket.ts';
import { Registry } from './session/registry.ts';
import type { Session, SessionContext } from './session/session.ts';
import { WaitingBudget } from './session/waiting-line.ts';
import { ChunkPool } from './wire/chunk-pool.ts';

export type { HubStats } from './hub-stats.ts';
export type { Snapshot } from './life/restart.ts';
export { isReadable, SNAPSHOT_VERSION } from './life/snapshot-versions.ts';
export { type Participant, participantOf } from './live-rooms/participant.ts';
export type { RoomFacts } from './live-rooms/room-facts.ts';
export { type Answer, tellAll } from './live-rooms/tell-all.ts';
export type { HandleMessage, Request } from './session/inbox.ts';

/** Milliseconds between two checks for resume windows and access tokens that have expired. */
const SWEEP_MS = 250;
/** Milliseconds between two releases of memory for kept messages that wasn't needed since the last one. */
const TRIM_MS = 10_000;

/** Close codes of the reasons to put somebody out of a room [RM6]. */
const PUT_OUT = {
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
    | 'release'
    | 'leave'
    | 'tellChange'
  >;
  /** Who waits to be let in. */
  readonly knocks: Pick<
    Knocks,
    'lineOf' | 'itemsOf' | 'find' | 'isWaiting' | 'wait' | 'end' | 'refuse' | 'endAll' | 'lists'
  >;
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
  stats(): HubStats;
  /** Sends `server:draining` to all sessions, and begins no more [SE8]. */
  drain(): void;
  /** Closes all connections with 4100, and yields the sessions as rows of JSON text. A slice may be empty. */
  slices(): Iterable<string[]>;
  /** Restores an earlier process's sessions, before the first `connect`. @returns how many wait to be resumed */
  restore(snapshot: Snapshot): number;
  close(): void;
}

export function createHub(deps: HubDeps): Hub {
  const { clock, log, limits, events } = deps;
  const registry = new Registry();
  const isWaiting = (session: Session): boolean => knocks.of(session) !== undefined;
  const calls = createCallRelay({ registry, directCalls: deps.directCalls, isWaiting });
  const liveRooms = new LiveRooms({
    ...deps,
    hangUpOn: calls.hangUpOn,
    replace: (former) => end(former, 'replaced', CLOSE.replaced),
  });
  const knocks = new Knocks({
    clock,
    ids: deps.ids,
    membersOf: (roomId) => liveRooms.membersOf(roomId),
    hangUpOn: calls.hangUpOn,
    replace: (former) => lifecycle.finish(former, 'replaced', CLOSE.replaced),
  });
  const lifecycle = new Lifecycle({ clock, log, limits, registry, liveRooms, knocks, calls, events });
  const waiting = new WaitingBudget();
  const inbox = createInbox({
    handle: deps.handle,
    relay: calls.relay,
    charge: createRateGuard({ clock, limits }),
    cut: (session, code) => lifecycle.suspend(session, code),
    expel: (session, code) => lifecycle.finish(session, 'left', code),
    budget: waiting,
    clock,
    log,
  });
  const chunks = new ChunkPool(deps.memoryBytes);
  const context: SessionContext = {
    limits,
    chunks,
    tooSlow: (session) => lifecycle.suspend(session, CLOSE.slowConsumer),
    kept: (session) => lifecycle.kept(session),
    receive: inbox.receive,
    receiveJoin: inbox.receiveJoin,
    sent: 0,
  };
  const parts = { registry, lifecycle, liveRooms, knocks };
  const arrivals = new Arrivals({ ...deps, ...parts, context });
  const deadlines = new Deadlines({ clock, log, lifecycle, liveRooms });
  const stopSweeping = clock.every(SWEEP_MS, () => {
    lifecycle.finishExpired();
    liveRooms.held.releaseExpired();
    knocks.sweep();
    deadlines.sweep(registry.all());
  });
  const stopTrimming = clock.every(TRIM_MS, () => chunks.trim());
  let draining = false;

  /** Ends the participant's session, or takes it out of its room if it has none. */
  function end(participant: Participant, reason: LeaveReason, code: CloseCode): void {
    const session = registry.byPeer(participant.peerId);
    if (session === undefined) liveRooms.leave(participant, reason);
    else lifecycle.finish(session, reason, code);
  }

  function enter(session: Session, request: JoinRequest): void {
    if (session.isOver) throw new ParleyError('forbidden', 'This session has ended. Connect again.');
    liveRooms.join(session, request);
    knocks.entered(session, request.room.waitingRoom);
    deadlines.check(session);
  }

  return {
    liveRooms,
    knocks,
    waiting,
    connect(arrival) {
      if (draining) throw restarting();
      const session = arrivals.connect(arrival);
      deadlines.check(session);
      return session;
    },
    suspend(session, socket, code) {
      if (session.isOn(socket)) lifecycle.suspend(session, code);
    },
    bye: (session) => lifecycle.finish(session, 'hangup', CLOSE.normal),
    renew(session, identity) {
      if (identity.userId !== session.userId) {
        throw new ParleyError(
          'forbidden',
          "This is another user's access token. Open another connection with it.",
        );
      }
      const roomId = session.participant?.room.roomId ?? knocks.of(session)?.roomId;
      if (roomId !== undefined && !isGoodIn(identity, roomId)) throw oneRoomOnly();
      const profile = deps.profileOf(identity.userId);
      const before = session.participant?.rights();
      lifecycle.adopt(session, identity);
      session.profile = profile;
      session.participant?.tellRightsSince(before);
      knocks.lists.tellNewHost(session.participant, before?.host);
      deadlines.check(session);
    },
    enter,
    knock(identity, { room, address, userInfo }) {
      if (draining) throw restarting();
      const waiter = { identity, profile: deps.profileOf(identity.userId) };
      return knocks.wait({ room, address, waiter, luggage: { userInfo } });
    },
    letIn(knock, request) {
      const { session, luggage, identity, profile } = knock;
      if (session !== undefined) {
        enter(session, { ...luggage, ...request });
        return;
      }
      holdPlace({ liveRooms, profileOf: () => profile }, identity, { ...luggage, ...request });
      knocks.end(knock);
    },
    leave(session) {
      if (!knocks.leave(session)) liveRooms.leave(participantOf(session), 'left');
    },
    putOut: (participant, reason) => end(participant, reason, PUT_OUT[reason]),
    turnRight(identity, roomId) {
      // [KN1] Somebody who waits makes no direct calls, so needs no relay for them.
      const directCalls = knocks.isWaiting(identity.userId) ? 'off' : deps.directCalls;
      const { userId } = identity;
      const places = liveRooms.held.ofUser(userId);
      return turnRight(identity, registry.ofUser(userId), places, directCalls, roomId);
    },
    hold(identity, request) {
      if (draining) throw restarting();
      return holdPlace({ liveRooms, profileOf: deps.profileOf }, identity, request);
    },
    leaveRoom(userId, roomId) {
      knocks.leaveRoom(userId, roomId);
      liveRooms.leaveAll(roomId, userId);
    },
    isOnline: (userId) => registry.countOf(userId) > 0,
    endLogin(loginId, userId) {
      for (const session of registry.ofUser(userId)) {
        if (session.identity.loginId === loginId) lifecycle.finish(session, 'left', CLOSE.unauthorized);
      }
      knocks.endWithout(userId, loginId);
      liveRooms.held.releaseAll(
        [...liveRooms.held.ofUser(userId)].filter((place) => place.loginId === loginId),
      );
    },
    endUser(userId) {
      for (const session of registry.ofUser(userId)) lifecycle.finish(session, 'left', CLOSE.unauthorized);
      liveRooms.held.releaseAll(liveRooms.held.ofUser(userId));
      knocks.endWithout(userId);
    },
    users: () => new Set([...registry.all()].map(({ userId }) => userId)),
    updateUser(userId, standing) {
      const members = registry.ofUser(userId).flatMap(({ participant }) => participant ?? []);
      const others = members.filter(({ host }) => !host);
      updateUser(registry, userId, standing);
      for (const participant of others) knocks.lists.tellNewHost(participant, false);
      knocks.updateUser(userId, standing);
    },
    stats: () => readHubStats({ ...parts, arrivals, context, calls, inbox }),
    drain() {
      draining = true;
      announceDrain({ registry, log });
    },
    slices() {
      draining = true;
      stopSweeping();
      return saveSessions({ ...parts, clock, log });
    },
    restore: (snapshot) => restoreSessions({ ...parts, clock, log, context }, snapshot),
    close() {
      stopSweeping();
      stopTrimming();
    },
  };
}
