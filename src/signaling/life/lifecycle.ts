import type { Publisher } from '../../domain/events.ts';
import type { Identity } from '../../domain/identity.ts';
import { attempt } from '../../lib/attempt.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { CLOSE, type CloseCode } from '../../protocol/codes.ts';
import type { LeaveReason } from '../../protocol/events.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { CallRelay } from '../calls/call-relay.ts';
import type { Knocks } from '../live-rooms/knocks.ts';
import type { LiveRooms } from '../live-rooms/live-rooms.ts';
import type { Members } from '../live-rooms/participant.ts';
import { tellStatus } from '../live-rooms/user-status.ts';
import { Away } from '../session/away.ts';
import type { PeerSocket } from '../session/peer-socket.ts';
import type { Registry } from '../session/registry.ts';
import type { Session } from '../session/session.ts';

/** Suspended sessions of one user at once, as a multiple of `sessionsPerUser`; the oldest ends first [SE2]. */
export const SUSPENDED_TIMES = 2;

interface LifecycleDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Limits;
  readonly registry: Registry;
  readonly liveRooms: LiveRooms;
  readonly knocks: Pick<Knocks, 'leave'>;
  readonly calls: CallRelay;
  readonly events: Publisher;
}

/** Moves sessions between their states [SE2]: live → suspended, suspended → live, both → ended. */
export class Lifecycle {
  readonly #deps: LifecycleDeps;
  readonly #away: Away;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
    this.#away = new Away(deps.log, deps.limits.keptBytes);
  }

  get suspended(): number {
    return this.#away.size;
  }

  suspendedOf(userId: string): number {
    return this.#away.countOf(userId);
  }

  /** Call it when a message was kept for a suspended session. */
  kept(session: Session): void {
    this.#away.kept(session);
  }

  /** The session waits to be resumed. Its connection was lost, or is closed with `code`. */
  suspend(session: Session, code?: CloseCode): void {
    const { life } = session;
    if (life.state !== 'live') return;
    session.suspend(this.#deps.clock.monotonic() + this.#deps.limits.resumeWindowMs);
    this.#away.add(session);
    if (code !== undefined) life.socket.close(code);
    session.participant?.tellOthers('peer:suspended', { peerId: session.peerId });
    this.#endOldest(session.userId);
  }

  /**
   * Suspends sessions, then closes their connections with `code`, one between two yields. What they are told of each other is
   * kept: it would only be one more frame before each close.
   */
  *suspendAll(sessions: Iterable<Session>, code: CloseCode): Generator<undefined> {
    const { log, clock, limits } = this.#deps;
    const closing: [session: Session, socket: PeerSocket][] = [];
    for (const session of sessions) {
      const { life } = session;
      if (life.state !== 'live') continue;
      attempt(log, 'a session could not be suspended', () => {
        session.suspend(clock.monotonic() + limits.resumeWindowMs);
        this.#away.add(session);
        closing.push([session, life.socket]);
      });
    }
    for (const [session, socket] of closing) {
      attempt(log, 'a connection could not be closed', () => {
        socket.close(code);
        session.participant?.tellOthers('peer:suspended', { peerId: session.peerId });
        this.#endOldest(session.userId);
      });
      yield;
    }
  }

  /**
   * Lets a restored session wait to be resumed.
   * @param until in the clock's monotonic milliseconds, no earlier than that of any session that waits already
   */
  awaitResume(session: Session, until: number): void {
    session.suspend(until);
    this.#away.add(session);
    this.#endOldest(session.userId);
  }

  /** [SE2] Bounds a user's suspended sessions: a client that reconnects without resuming leaves one each time. */
  #endOldest(userId: string): void {
    const most = SUSPENDED_TIMES * this.#deps.limits.sessionsPerUser;
    while (this.#away.countOf(userId) > most) {
      const oldest = this.#away.oldestOf(userId);
      if (oldest === undefined) return;
      this.finish(oldest, 'timeout', CLOSE.goingAway);
    }
  }

  /** Call it when a session is live again. */
  returned(session: Session): void {
    if (!this.#away.remove(session)) return;
    const { participant } = session;
    if (participant === undefined) return;
    this.#deps.liveRooms.returned(participant);
    participant.tellOthers('peer:resumed', { peerId: session.peerId });
  }

  /** Replaces the access token by another of the same user. One for a single room ends direct calls [TK4]. */
  adopt(session: Session, identity: Identity): void {
    session.identity = identity;
    session.expiryWarned = false;
    if (identity.room !== null && session.participant === undefined) this.#deps.calls.hangUpOn(session);
  }

  /**
   * Ends a session for good, and closes its connection with `code`. Each step runs even if another one fails: a session
   * that ended halfway would leave a peer in the room that can't be removed.
   */
  finish(session: Session, reason: LeaveReason, code: CloseCode): void {
    const { life } = session;
    if (life.state === 'ended') return;
    const { registry, calls, liveRooms, knocks, events } = this.#deps;
    const { participant } = session;
    session.end();
    this.#away.remove(session);
    registry.remove(session);
    try {
      calls.hangUpOn(session);
    } catch (error) {
      this.#failed(session, error);
    }
    try {
      if (participant !== undefined) liveRooms.leave(participant, reason);
      else {
        const { peerId, userId, profile } = session;
        events.publish('peer.left', {
          peerId,
          roomId: null,
          userId,
          displayName: profile.displayName,
          reason,
        });
      }
    } catch (error) {
      this.#failed(session, error);
    }
    try {
      knocks.leave(session);
    } catch (error) {
      this.#failed(session, error);
    }
    try {
      if (participant !== undefined) this.#tellGone(session, participant.room);
    } catch (error) {
      this.#failed(session, error);
    }
    try {
      if (life.state === 'live') life.socket.close(code);
    } catch (error) {
      this.#failed(session, error);
    }
  }

  /** [AC4] The user's last session has ended: those who were with it in a room see it offline, unless it was hidden. */
  #tellGone({ userId, profile }: Session, room: Members): void {
    if (profile.status === 'offline' || this.#deps.registry.countOf(userId) > 0) return;
    tellStatus({ ...profile, status: 'offline' }, new Set([room]));
  }

  /** Ends the sessions whose resume window has passed. */
  finishExpired(): void {
    const now = this.#deps.clock.monotonic();
    const due: Session[] = [];
    for (const session of this.#away.all()) {
      if (session.life.state === 'suspended' && session.life.until > now) break;
      due.push(session);
    }
    for (const session of due) this.finish(session, 'timeout', CLOSE.goingAway);
  }

  #failed({ peerId, userId }: Session, error: unknown): void {
    this.#deps.log.error('a step in ending a session failed', { peerId, userId, error });
  }
}
