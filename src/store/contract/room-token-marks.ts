import type { RoomId, UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';

/** Milliseconds that marks outlive their room [TK4]. */
export const MARK_OUTLIVES_MS = 86_400_000;

/**
 * Max marks of one room. Beyond it the oldest makes room, because a kick must never fail for their number, and the tokens
 * that were issued before it are the likeliest to have expired.
 */
export const MARKS_PER_ROOM = 10_000;

/**
 * Who was put out of which room, and when: tokens for the room that were issued before are worthless there [TK4]. A ban
 * makes its mark itself.
 */
export interface RoomTokenMarkStore {
  /** Durable. A later mark of the same user takes the place of an earlier one. */
  mark(roomId: RoomId, userId: UserId, at: number): Awaitable<void>;
  /** When the user was put out of the room last; undefined if never, or if the mark is gone. */
  find(roomId: RoomId, userId: UserId): Awaitable<number | undefined>;
  /**
   * Removes marks that have expired, and gives those whose room is gone `MARK_OUTLIVES_MS` more. Each call looks at the
   * next `max` marks.
   * @returns whether there may be more to look at
   */
  sweep(now: number, max: number): Awaitable<boolean>;
}
