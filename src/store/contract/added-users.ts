import type { RoomId, UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';

/** A user whom a backend has added to a room [CT0]. */
export interface AddedUserRow {
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** JSON text. */
  readonly userInfo: string;
  /** Whether the user is yet to come in. */
  readonly expected: boolean;
  readonly addedAt: number;
}

/** Whom backends have added to rooms. They go with their room and with their user. */
export interface AddedUserStore {
  /** All of them, in the order in which they were added. */
  all(): Awaitable<readonly AddedUserRow[]>;
  /** Durable. Adds the user, or replaces what was said of it. Returns false if the room or the user is gone. */
  put(row: AddedUserRow): Awaitable<boolean>;
  /** Soon. The user has come in. */
  arrivedSoon(roomId: RoomId, userId: UserId): Awaitable<void>;
  /** Durable. */
  remove(roomId: RoomId, userId: UserId): Awaitable<void>;
  /** Soon, for a user whom somebody has put out. */
  removeSoon(roomId: RoomId, userId: UserId): Awaitable<void>;
}
