import { knockRefused } from '../../domain/refusals.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import type { Clock } from '../../lib/clock.ts';
import { rateLimited } from '../../lib/throttle.ts';
import type { Knock } from './knock.ts';

/** Max people who wait for one room at once, and of these from one network address (IPv6: /64) [KN4]. */
export const KNOCKS_PER_ROOM = 100;
export const KNOCKS_PER_NETWORK = 30;
/** Max knocks without a session, of all rooms: about 100 MB if each has the longest `userInfo`. Sessions have bounds of their own. */
export const KNOCKS_OVER_HTTP = 20_000;
/** Milliseconds after a refusal until the same user may knock at the same room again [KN3]. */
export const KNOCK_AGAIN_MS = 30_000;
/** Max refusals that are remembered, of all rooms; beyond, the oldest is forgotten. */
export const REFUSALS = 100_000;
/** Milliseconds that somebody should wait for a place in a full line: a host may answer any moment. */
export const FULL_LINE_PAUSE_MS = 10_000;

/** That a user may not knock at a room until then: the clock's monotonic milliseconds. */
export interface KnockRefusal {
  readonly roomId: string;
  readonly userId: string;
  readonly until: number;
}

/** Who may knock at a room, and who was refused there a moment ago. */
export class KnockBounds {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By room and user. */
  readonly #refusals = new BoundedMap<string, KnockRefusal>(REFUSALS);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Call it when a host has refused the user. */
  refused({ roomId, userId }: Knock): void {
    this.restore({ roomId, userId, until: this.#clock.monotonic() + KNOCK_AGAIN_MS });
  }

  /** Remembers a refusal of the process before. */
  restore(refusal: KnockRefusal): void {
    this.#refusals.set(refusalKey(refusal.roomId, refusal.userId), refusal);
  }

  /** Those that are remembered, oldest first; some are over. */
  *refusals(): Iterable<KnockRefusal> {
    for (const [, refusal] of this.#refusals.entries()) yield refusal;
  }

  /**
   * @param line those who wait for the room
   * @throws ParleyError `knock_refused` within `KNOCK_AGAIN_MS` of a refusal; `rate_limited` if the line is full [KN4]
   */
  check(line: readonly Knock[], roomId: string, userId: string, network: string): void {
    const retryAt = this.#refusals.get(refusalKey(roomId, userId))?.until ?? 0;
    const retryAfterMs = Math.ceil(retryAt - this.#clock.monotonic());
    if (retryAfterMs > 0) throw knockRefused(retryAfterMs);
    if (line.length >= KNOCKS_PER_ROOM) {
      throw rateLimited('knocks', 'people who wait for this room', FULL_LINE_PAUSE_MS);
    }
    if (line.filter(({ facts }) => facts.network === network).length >= KNOCKS_PER_NETWORK) {
      throw rateLimited('knocks', 'people of your network who wait for this room', FULL_LINE_PAUSE_MS);
    }
  }
}

/** @throws ParleyError `rate_limited` if so many knocks without a session leave no place for another one */
export function checkKnocksOverHttp(count: number): void {
  if (count >= KNOCKS_OVER_HTTP)
    throw rateLimited('knocks', 'people who wait on this server', FULL_LINE_PAUSE_MS);
}

function refusalKey(roomId: string, userId: string): string {
  return `${roomId} ${userId}`;
}
