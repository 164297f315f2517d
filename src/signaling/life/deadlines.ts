import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { CLOSE } from '../../protocol/codes.ts';
import type { Places } from '../live-rooms/live-rooms.ts';
import { EXPIRY_WARNING_MS, type Session } from '../session/session.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Milliseconds until what failed is tried again. */
const RETRY_MS = 10_000;

interface DeadlinesDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly places: Places;
}

/**
 * What must happen to live sessions at a time of day: warnings and closes when access tokens die [SE6], fresh TURN
 * credentials. Only the earliest of all deadlines is remembered: there is no timer for each session.
 */
export class Deadlines {
  readonly #deps: DeadlinesDeps;
  /** Milliseconds since 1970. */
  #earliest = Number.POSITIVE_INFINITY;

  constructor(deps: DeadlinesDeps) {
    this.#deps = deps;
  }

  /** Does what is due for a session whose deadlines are new. Never throws: one session's fault is not the others'. */
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

  /** Does what is due for any. */
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
    if (now >= (session.membership?.iceRenewAt ?? Number.POSITIVE_INFINITY)) {
      this.#deps.places.renewIceServers(session);
    }
  }
}

function nextOf({ isLive, identity, expiryWarned, membership }: Session): number {
  if (!isLive) return Number.POSITIVE_INFINITY;
  const expiry = expiryWarned ? identity.expiresAt : identity.expiresAt - EXPIRY_WARNING_MS;
  return Math.min(expiry, membership?.iceRenewAt ?? Number.POSITIVE_INFINITY);
}
