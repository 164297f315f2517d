import { ParleyError } from '../domain/errors.ts';
import { oneRoomOnly, restarting } from '../domain/refusals.ts';
import { isGoodIn } from '../domain/scope.ts';
import { CLOSE, type CloseCode } from '../protocol/codes.ts';
import type { LeaveReason } from '../protocol/events.ts';
import { CallPaths } from './calls/call-paths.ts';
import { createCallRelay } from './calls/call-relay.ts';
import { deliverKept } from './calls/kept.ts';
import { turnRight } from './calls/turn-right.ts';
import { type Hub, type HubDeps, PUT_OUT } from './hub-contract.ts';
import { readHubStats } from './hub-stats.ts';
import { Arrivals } from './life/arrivals.ts';
import { Deadlines } from './life/deadlines.ts';
import { Lifecycle } from './life/lifecycle.ts';
import { createRateGuard } from './life/rate-guard.ts';
import { RelayNews } from './life/relay-news.ts';
import { announceDrain, restoreSessions, saveSessions } from './life/restart.ts';
import { updateUser } from './life/user-change.ts';
import { holdPlace } from './live-rooms/expected.ts';
import { Knocks } from './live-rooms/knocks.ts';
import { type JoinRequest, LiveRooms } from './live-rooms/live-rooms.ts';
import { type Participant, participantOf } from './live-rooms/participant.ts';
import { RefusedJoins } from './live-rooms/refused-joins.ts';
import { createInbox } from './session/inbox.ts';
import { Registry } from './session/registry.ts';
import type { Session, SessionContext } from './session/session.ts';
import { WaitingBudget } from './session/waiting-line.ts';
import { ChunkPool } from './wire/chunk-pool.ts';

export { pathOf } from './calls/call-paths.ts';
export { link } from './calls/links.ts';
export type { Hub, HubDeps, Present } from './hub-contract.ts';
export type { HubStats } from './hub-stats.ts';
export type { Snapshot } from './life/restart.ts';
export { isReadable, SNAPSHOT_VERSION } from './life/snapshot-versions.ts';
export type { AddedUser } from './live-rooms/added-users.ts';
export type { KeptEvent } from './live-rooms/mailboxes.ts';
export { type Participant, participantOf } from './live-rooms/participant.ts';
export type { RoomFacts } from './live-rooms/room-facts.ts';
export { type Answer, tellAll } from './live-rooms/tell-all.ts';
export type { HandleMessage, Request } from './session/inbox.ts';

/** Milliseconds between two checks for resume windows and access tokens that have expired. */
const SWEEP_MS = 250;
/** Milliseconds between two releases of memory for kept messages that wasn't needed since the last one. */
const TRIM_MS = 10_000;

export function createHub(deps: HubDeps): Hub {
  const { clock, log, limits, events } = deps;
  const refusedJoins = new RefusedJoins();
  const registry = new Registry();
  const isWaiting = (session: Session): boolean => knocks.of(session) !== undefined;
  const calls = createCallRelay({
    registry,
    directCalls: deps.directCalls,
    isWaiting,
    expected: () => liveRooms.expected,
  });
  const liveRooms = new LiveRooms({
    ...deps,
    hangUpOn: calls.hangUpOn,
    replace: (former) => end(former, 'replaced', CLOSE.replaced),
    deliverKept: (to, kept) => deliverKept(registry, to, kept),
  });
  const knocks = new Knocks({
    clock,
    ids: deps.ids,
    events,
    membersOf: (roomId) => liveRooms.membersOf(roomId),
    hangUpOn: calls.hangUpOn,
    replace: (former) => lifecycle.finish(former, 'replaced', CLOSE.replaced),
    joinRefused: (refusal) => refusedJoins.note(refusal),
  });
  const lifecycle = new Lifecycle({ clock, log, limits, registry, liveRooms, knocks, calls, events });
  const callPaths = new CallPaths();
  const waiting = new WaitingBudget();
  const inbox = createInbox({
    handle: deps.handle,
    relay: calls.relay,
    charge: createRateGuard({ clock, limits }),
    cut: (session, code) => lifecycle.suspend(session, code),
    expel: (session, code) => lifecycle.finish(session, 'left', code),
    budget: waiting,
    limitHits: deps.limitHits,
    joinRefused: (refusal) => refusedJoins.note(refusal),
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
  const deadlines = new Deadlines({ clock, log, lifecycle, iceServers: deps.iceServers });
  const relayNews = new RelayNews({ clock, log, registry });
  const stopSweeping = clock.every(SWEEP_MS, () => {
    lifecycle.finishExpired();
    liveRooms.held.releaseExpired();
    liveRooms.expected.mailboxes.sweep();
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
    callPaths,
    refusedJoins,
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
        const mayEnter =
          session.participant === undefined && liveRooms.hasRoomFor(session.userId, request.room);
        if (!session.isOver && mayEnter) events.publish('knock.admitted', knock.event());
        enter(session, { ...luggage, ...request });
        return;
      }
      holdPlace({ liveRooms, profileOf: () => profile }, identity, { ...luggage, ...request });
      events.publish('knock.admitted', knock.event());
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
    *presentSince(moment) {
      for (const { peerId, userId, participant, beganAt } of registry.since(moment)) {
        yield { peerId, userId, roomId: participant?.room.roomId ?? null, beganAt };
      }
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
    tellRelayRestarted: () => relayNews.tell(),
    stats: () => readHubStats({ ...parts, arrivals, context, calls, callPaths, refusedJoins, inbox }),
    drain(restartMs = 0) {
      draining = true;
      announceDrain({ registry, log }, restartMs);
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
      relayNews.stop();
      knocks.lists.close();
    },
  };
}
