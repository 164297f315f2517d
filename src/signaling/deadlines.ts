import type { Clock } from '../lib/clock.ts';
import { CLOSE } from '../protocol/codes.ts';
import { EXPIRY_WARNING_MS } from '../protocol/limits.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Places } from './places.ts';
import type { Session } from './session.ts';

interface DeadlinesDeps {
  readonly clock: Clock;
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

  /** Does what is due for a session whose deadlines are new. */
  check(session: Session): void {
    this.#act(session, this.#deps.clock.now());
    this.#earliest = Math.min(this.#earliest, nextOf(session));
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
