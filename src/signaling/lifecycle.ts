import type { Clock } from '../lib/clock.ts';
import type { PeerId } from '../lib/ids.ts';
import type { CloseCode } from '../protocol/codes.ts';
import type { LeaveReason } from '../protocol/events.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Places } from './places.ts';
import type { Registry } from './registry.ts';
import type { CallRelay } from './relay.ts';
import { tellOthers } from './room.ts';
import type { Session } from './session.ts';

interface LifecycleDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly registry: Registry;
  readonly places: Places;
  readonly calls: CallRelay;
  readonly onLeftCall?: ((peerId: PeerId) => void) | undefined;
}

/** live → suspended → live or ended; live → ended [SE2]. */
export class Lifecycle {
  readonly #deps: LifecycleDeps;
  /** In the order in which their windows end: each one's is equally long. */
  readonly #suspended = new Set<Session>();

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  get suspended(): number {
    return this.#suspended.size;
  }

  /** The connection is lost, or is cut with `code`: the session waits to be resumed. */
  suspend(session: Session, code?: CloseCode): void {
    const { life } = session;
    if (life.state !== 'live') return;
    this.await(session, this.#deps.clock.monotonic() + this.#deps.limits.resumeWindowMs);
    if (code !== undefined) life.socket.close(code);
    tellOthers(session, 'peer:suspended', { peerId: session.peerId });
  }

  /** @param until in the clock's monotonic milliseconds; no earlier than that of any session that waits */
  await(session: Session, until: number): void {
    session.suspend(until);
    this.#suspended.add(session);
  }

  /** It is live again. */
  returned(session: Session): void {
    if (this.#suspended.delete(session)) {
      tellOthers(session, 'peer:resumed', { peerId: session.peerId });
    }
  }

  /** Ends a session for good. Its own connection, if it has one, closes with `code`. */
  finish(session: Session, reason: LeaveReason, code: CloseCode): void {
    const { life } = session;
    if (life.state === 'ended') return;
    session.end();
    this.#suspended.delete(session);
    this.#deps.registry.remove(session);
    this.#deps.calls.hangUpOn(session);
    if (!this.#deps.places.leave(session, reason)) this.#deps.onLeftCall?.(session.peerId);
    if (life.state === 'live') life.socket.close(code);
  }

  /** Those whose window has passed by `now`. */
  expired(now: number): Session[] {
    const due: Session[] = [];
    for (const session of this.#suspended) {
      if (session.life.state === 'suspended' && session.life.until > now) break;
      due.push(session);
    }
    return due;
  }
}
