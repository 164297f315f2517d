import type { PeerId } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { CLOSE } from '../../protocol/codes.ts';
import { deliverIceServers, type IceGrant } from '../live-rooms/ice-renewal.ts';
import { EXPIRY_WARNING_MS, type Session } from '../session/session.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Milliseconds after which a failed action is tried again. */
const RETRY_MS = 10_000;

interface DeadlinesDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly iceServers: (peerId: PeerId) => IceGrant;
}

/**
 * Warns live sessions and closes them when their access tokens expire [SE6], and renews their TURN credentials. Keeps only
 * the earliest deadline of all sessions, so no session needs a timer.
 */
export class Deadlines {
  readonly #deps: DeadlinesDeps;
  /** Milliseconds since 1970. */
  #earliest = Number.POSITIVE_INFINITY;

  constructor(deps: DeadlinesDeps) {
    this.#deps = deps;
  }

  /** Acts on the deadlines that are due. Call it when they have changed. Never throws, so that other sessions' checks run too. */
  check(session: Session): void {
    const now = this.#deps.clock.now();
    let next = now + RETRY_MS;
    try {
      this.#act(session, now);
      next = nextOf(session);
    } catch (error) {
      const { peerId, userId } = session;
      this.#deps.log.error("a session's deadline could not be kept", { peerId, userId, error });
    }
    this.#earliest = Math.min(this.#earliest, next);
  }

  /** Checks the deadlines of all sessions. */
  sweep(sessions: Iterable<Session>): void {
    const now = this.#deps.clock.now();
    if (now < this.#earliest) return;
    this.#earliest = Number.POSITIVE_INFINITY;
    for (const session of sessions) this.check(session);
  }

  #act(session: Session, now: number): void {
    if (!session.isLive) return;
    const { expiresAt } = session.identity;
    if (now >= expiresAt) {
      this.#deps.lifecycle.suspend(session, CLOSE.tokenExpired);
      return;
    }
    if (now >= expiresAt - EXPIRY_WARNING_MS && !session.expiryWarned) {
      session.expiryWarned = true;
      session.send('session:expiring', { atMs: expiresAt });
    }
    const { participant } = session;
    if (participant !== undefined && now >= participant.iceRenewAt) {
      deliverIceServers(participant, this.#deps.iceServers(participant.peerId), this.#deps.clock);
    }
  }
}

/** The session's next deadline: milliseconds since 1970, Infinity if it has none. */
function nextOf({ isLive, identity, expiryWarned, participant }: Session): number {
  if (!isLive) return Number.POSITIVE_INFINITY;
  const expiry = expiryWarned ? identity.expiresAt : identity.expiresAt - EXPIRY_WARNING_MS;
  return Math.min(expiry, participant?.iceRenewAt ?? Number.POSITIVE_INFINITY);
}
