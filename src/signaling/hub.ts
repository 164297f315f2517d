import { ParleyError } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { Identity, Profile } from '../domain/identity.ts';
import type { Ids, PeerId, UserId } from '../domain/ids.ts';
import { isGoodIn, notInRoom, oneRoomOnly } from '../domain/scope.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { CLOSE, type CloseCode } from '../protocol/codes.ts';
import type { LeaveReason } from '../protocol/events.ts';
import type { MediaChange, Peer } from '../protocol/fields.ts';
import type { Limits } from '../protocol/limits.ts';
import { createCallRelay } from './calls/call-relay.ts';
import type { DirectCalls } from './calls/direct-calls.ts';
import { type TurnRight, turnRight } from './calls/turn-right.ts';
import { type HubStats, hubStats } from './hub-stats.ts';
import { type Arrival, Arrivals } from './life/arrivals.ts';
import { Deadlines } from './life/deadlines.ts';
import { Lifecycle } from './life/lifecycle.ts';
import { createRateGuard } from './life/rate-guard.ts';
import { announceDrain, restoreSessions, saveSessions } from './life/restart.ts';
import type { IceGrant } from './live-rooms/ice-grant.ts';
import { tellOthers } from './live-rooms/live-room.ts';
import { type Entry, Places, type RoomFacts } from './live-rooms/live-rooms.ts';
import { createInbox, type HandleMessage } from './session/inbox.ts';
import type { PeerSocket } from './session/peer-socket.ts';
import { Registry } from './session/registry.ts';
import type { Session, SessionContext } from './session/session.ts';
import { WaitingBudget } from './session/waiting-line.ts';
import type { CallMessage } from './wire/call-message.ts';
import { chunkPool } from './wire/chunk-pool.ts';

export type { HubStats } from './hub-stats.ts';
export type { Arrival } from './life/arrivals.ts';
export { SNAPSHOT_VERSION } from './life/snapshot.ts';
export type { Entry, RoomFacts } from './live-rooms/live-rooms.ts';
export type { HandleMessage, Request } from './session/inbox.ts';

/** Milliseconds between two looks at windows and tokens that may have run out. */
const SWEEP_MS = 250;
/** Milliseconds after which memory for kept messages that nobody needed is let go. */
const TRIM_MS = 10_000;

/** The close code that each reason to be put out goes with. */
const PUT_OUT = {
  kicked: CLOSE.kicked,
  banned: CLOSE.banned,
  room_closed: CLOSE.roomClosed,
} as const satisfies Partial<Record<LeaveReason, CloseCode>>;
export type PutOutReason = keyof typeof PUT_OUT;

export interface HubDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly limits: Limits;
  readonly directCalls: DirectCalls;
  /** How others see a user whose identity was verified in this turn of the event loop. */
  readonly profileOf: (userId: UserId) => Profile;
  readonly iceServers: (peerId: PeerId) => IceGrant;
  /** Does what the clients' messages ask for, apart from call messages. */
  readonly handle: HandleMessage;
  readonly events: Publisher;
}

/** Every session, and the rooms they are in: what the process knows and no database does. */
export interface Hub {
  /**
   * Begins a session, or takes one up again [SE3], and says `welcome`.
   * @throws ParleyError `too_many_sessions`; `unavailable` while draining
   */
  connect(arrival: Arrival): Session;
  /** Bounds the messages that wait to be read, of all connections together. */
  readonly waiting: WaitingBudget;
  /** The connection is gone: its session is suspended [SE2]. Nothing happens if the session has a newer one. */
  lost(session: Session, socket: PeerSocket): void;
  /** Closes the session's connection; the session waits to be resumed. */
  cut(session: Session, code: CloseCode): void;
  /** The user ended it: `session:bye`, or a close with 1000 or 1001 [SE6]. */
  bye(session: Session): void;
  /** A fresh access token. @throws ParleyError `forbidden` for another user's [SE6], or one for another room [TK4] */
  renew(session: Session, identity: Identity): void;
  /**
   * A suspended session of the same user in that room ends, and this one takes its place, full or not [RM8].
   * @throws ParleyError `room_full`, `already_in_room`; `forbidden` if the session has ended
   */
  enter(session: Session, entry: Entry): void;
  /** @throws ParleyError `not_in_room` */
  leave(session: Session, reason?: LeaveReason): void;
  /** Ends the session of somebody who is not wanted in its room any more [RM6]. */
  putOut(session: Session, reason: PutOutReason): void;
  /** What is not named stays. @throws ParleyError `not_in_room` */
  setMedia(session: Session, change: MediaChange): void;
  /** @throws ParleyError `not_in_room` */
  setSpeaking(session: Session, speaking: boolean): void;
  /** @throws ParleyError `not_in_room` */
  setTyping(session: Session, typing: boolean): void;
  /** @throws ParleyError `peer_gone`, `not_in_room`, `user_offline`, `invalid_message` */
  relay(session: Session, message: CallMessage): void;
  /** Tells all inside what the room is now: `room:updated`. */
  roomChanged(room: RoomFacts): void;
  /** How many are inside. */
  participants(roomId: string): number;
  /** Those inside as a newcomer sees them. */
  peersOf(roomId: string): Peer[];
  /** Whether a session of this user in that room waits to be resumed: then the user may come in anew [RM8]. */
  isAway(roomId: string, userId: string): boolean;
  isOnline(userId: UserId): boolean;
  /** Whose TURN credentials the caller may have over HTTP, for a call in that room if one is named [CA6]. */
  turnRight(identity: Identity, roomId?: string): TurnRight;
  /** The login was ended: its sessions close with 4001. */
  endLogin(loginId: string): void;
  stats(): HubStats;
  /** Says `server:draining` to everybody and takes no new session [SE8]. */
  drain(): void;
  /**
   * Closes every connection with 4100 and writes the sessions down, in slices, those for which least is kept first.
   * @returns JSON texts, for `restore` of a later process; with each slice some more, or none
   */
  slices(): Iterable<string[]>;
  /** The same in one go. */
  snapshot(): string[];
  /**
   * Takes up what an earlier process left. Call it before the first `connect`.
   * @param savedAt milliseconds since 1970
   * @returns how many sessions wait to be resumed
   */
  restore(rows: readonly string[], savedAt: number): number;
  close(): void;
}

export function createHub(deps: HubDeps): Hub {
  const { clock, log, limits, events } = deps;
  const registry = new Registry();
  const calls = createCallRelay({ registry, directCalls: deps.directCalls });
  const places = new Places({
    clock,
    iceServers: deps.iceServers,
    hangUpOn: calls.hangUpOn,
    replace: (former) => lifecycle.finish(former, 'replaced', CLOSE.replaced),
    events,
  });
  const lifecycle = new Lifecycle({ clock, log, limits, registry, places, calls, events });
  const waiting = new WaitingBudget();
  const inbox = createInbox({
    handle: deps.handle,
    charge: createRateGuard({ clock, limits }),
    cut: (session, code) => lifecycle.suspend(session, code),
    expel: (session, code) => lifecycle.finish(session, 'left', code),
    budget: waiting,
    clock,
    log,
  });
  const context: SessionContext = {
    limits,
    tooSlow: (session) => lifecycle.suspend(session, CLOSE.slowConsumer),
    kept: (session) => lifecycle.kept(session),
    receive: inbox.receive,
    receiveJoin: inbox.receiveJoin,
    sent: 0,
  };
  const arrivals = new Arrivals({ ...deps, registry, lifecycle, context });
  const deadlines = new Deadlines({ clock, log, lifecycle, places });
  const stopSweeping = clock.every(SWEEP_MS, () => {
    for (const session of lifecycle.expired(clock.monotonic())) {
      lifecycle.finish(session, 'timeout', CLOSE.goingAway);
    }
    deadlines.sweep(registry.all());
  });
  const stopTrimming = clock.every(TRIM_MS, () => chunkPool.trim());
  let draining = false;
  const slices = (): Iterable<string[]> => {
    draining = true;
    stopSweeping();
    return saveSessions({ clock, log, registry, lifecycle });
  };

  return {
    connect(arrival) {
      if (draining) throw new ParleyError('unavailable', 'the server is about to restart: come back shortly');
      const session = arrivals.connect(arrival);
      deadlines.check(session);
      return session;
    },
    waiting,
    lost(session, socket) {
      if (session.isOn(socket)) lifecycle.suspend(session);
    },
    cut: (session, code) => lifecycle.suspend(session, code),
    bye: (session) => lifecycle.finish(session, 'hangup', CLOSE.normal),
    renew(session, identity) {
      if (identity.userId !== session.userId) {
        throw new ParleyError('forbidden', "this is another user's token: connect anew with it");
      }
      const roomId = session.membership?.room.roomId;
      if (roomId !== undefined && !isGoodIn(identity, roomId)) throw oneRoomOnly();
      lifecycle.adopt(session, identity);
      deadlines.check(session);
    },
    enter(session, entry) {
      places.enter(session, entry);
      deadlines.check(session);
    },
    leave(session, reason = 'left') {
      if (!places.leave(session, reason)) throw notInRoom();
    },
    putOut: (session, reason) => lifecycle.finish(session, reason, PUT_OUT[reason]),
    setMedia(session, change) {
      if (session.membership === undefined) throw notInRoom();
      const media = { ...session.membership.media, ...change };
      session.membership.media = media;
      tellOthers(session, 'peer:media', { peerId: session.peerId, ...media });
    },
    setSpeaking(session, speaking) {
      if (session.membership === undefined) throw notInRoom();
      tellOthers(session, 'peer:speaking', { peerId: session.peerId, speaking });
    },
    setTyping(session, typing) {
      if (session.membership === undefined) throw notInRoom();
      tellOthers(session, 'peer:typing', { peerId: session.peerId, typing });
    },
    relay: (session, message) => calls.relay(session, message),
    roomChanged: (room) => places.roomChanged(room),
    participants: (roomId) => places.participants(roomId),
    peersOf: (roomId) => places.peersOf(roomId),
    isAway: (roomId, userId) => places.isAway(roomId, userId),
    isOnline: (userId) => registry.countOf(userId) > 0,
    turnRight: (identity, roomId) =>
      turnRight(identity, registry.ofUser(identity.userId), deps.directCalls, roomId),
    endLogin(loginId) {
      for (const session of [...registry.all()]) {
        if (session.identity.loginId === loginId) lifecycle.finish(session, 'hangup', CLOSE.unauthorized);
      }
    },
    stats: () => hubStats({ registry, lifecycle, places, arrivals, context, calls, inbox }),
    drain() {
      draining = true;
      announceDrain({ registry, log });
    },
    slices,
    snapshot: () => [...slices()].flat(),
    restore: (rows, savedAt) =>
      restoreSessions({ ...deps, registry, lifecycle, places, context }, rows, savedAt),
    close() {
      stopSweeping();
      stopTrimming();
    },
  };
}
