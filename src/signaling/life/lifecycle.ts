import type { Publisher } from '../../domain/events.ts';
import type { Identity } from '../../domain/identity.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { CLOSE, type CloseCode } from '../../protocol/codes.ts';
import type { LeaveReason } from '../../protocol/events.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { CallRelay } from '../calls/call-relay.ts';
import { tellOthers } from '../live-rooms/live-room.ts';
import type { Places } from '../live-rooms/live-rooms.ts';
import { Away } from '../session/away.ts';
import type { Registry } from '../session/registry.ts';
import type { Session } from '../session/session.ts';

/** Suspended sessions of one user at once, as a multiple of `sessionsPerUser`; the oldest ends first [SE2]. */
export const SUSPENDED_TIMES = 2;

interface LifecycleDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Limits;
  readonly registry: Registry;
  readonly places: Places;
  readonly calls: CallRelay;
  readonly events: Publisher;
}

/** live → suspended → live or ended; live → ended [SE2]. */
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

  /** Something more is kept for a suspended session. */
  kept(session: Session): void {
    this.#away.kept(session);
  }

  /** The connection is lost, or is cut with `code`: the session waits to be resumed. */
  suspend(session: Session, code?: CloseCode): void {
    const { life } = session;
    if (life.state !== 'live') return;
    session.suspend(this.#deps.clock.monotonic() + this.#deps.limits.resumeWindowMs);
    this.#away.add(session);
    if (code !== undefined) life.socket.close(code);
    tellOthers(session, 'peer:suspended', { peerId: session.peerId });
    this.#endOldest(session.userId);
  }

  /** @param until in the clock's monotonic milliseconds; no earlier than that of any session that waits */
  await(session: Session, until: number): void {
    session.suspend(until);
    this.#away.add(session);
    this.#endOldest(session.userId);
  }

  /** [SE2] A user's suspended sessions are bounded: somebody who reconnects again and again leaves one each time. */
  #endOldest(userId: string): void {
    const most = SUSPENDED_TIMES * this.#deps.limits.sessionsPerUser;
    while (this.#away.countOf(userId) > most) {
      const oldest = this.#away.oldestOf(userId);
      if (oldest === undefined) return;
      this.finish(oldest, 'timeout', CLOSE.goingAway);
    }
  }

  /** It is live again. */
  returned(session: Session): void {
    if (this.#away.remove(session)) {
      tellOthers(session, 'peer:resumed', { peerId: session.peerId });
    }
  }

  /** A fresh access token of the same user. One for a single room makes and takes no direct calls [TK4]. */
  adopt(session: Session, identity: Identity): void {
    session.identity = identity;
    session.expiryWarned = false;
    if (identity.room !== null && session.membership === undefined) this.#deps.calls.hangUpOn(session);
  }

  /**
   * Ends a session for good. Its own connection, if it has one, closes with `code`. Each step is taken even if another
   * one fails: half an end would leave a peer that nobody can put out.
   */
  finish(session: Session, reason: LeaveReason, code: CloseCode): void {
    const { life } = session;
    if (life.state === 'ended') return;
    const { registry, calls, places, events } = this.#deps;
    session.end();
    this.#away.remove(session);
    registry.remove(session);
    try {
      calls.hangUpOn(session);
    } catch (error) {
      this.#failed(session, error);
    }
    try {
      if (!places.leave(session, reason)) events.publish('peer.left', { peerId: session.peerId });
    } catch (error) {
      this.#failed(session, error);
    }
    try {
      if (life.state === 'live') life.socket.close(code);
    } catch (error) {
      this.#failed(session, error);
    }
  }

  /** Those whose window has passed by `now`. */
  expired(now: number): Session[] {
    const due: Session[] = [];
    for (const session of this.#away.all()) {
      if (session.life.state === 'suspended' && session.life.until > now) break;
      due.push(session);
    }
    return due;
  }

  #failed({ peerId, userId }: Session, error: unknown): void {
    this.#deps.log.error('a step in ending a session failed', { peerId, userId, error });
  }
}
