import type { RoomId, UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';

export interface DeletionTimes {
  readonly now: number;
  /** Until when the deletion of a user with an id of our making is known. That of any other is known for good. */
  readonly until: number;
}

/** What went with a user. */
export interface Deletion {
  readonly roomIds: readonly RoomId[];
  /** Logins that held until now. */
  readonly loginIds: readonly string[];
}

/** Users who are deleted, in one transaction with all that is theirs [AC5]. */
export interface DeletionStore {
  /** Whether a user has more than `rows` refresh tokens, so that deleting it at once would hold up everything else. */
  hasMany(userId: UserId, rows: number): Awaitable<boolean>;
  /** Deletes ended logins of a user with their tokens. Returns the number of deleted rows: `max` if more may be left. */
  removeEnded(userId: UserId, max: number): Awaitable<number>;
  /**
   * Removes messages and calls of a user's rooms, its reactions and its part in calls elsewhere, and takes it away from what
   * it said there: the text stays. Returns the number of changed rows: `max` if more may be left.
   */
  detach(userId: UserId, max: number): Awaitable<number>;
  /**
   * Durable. Deletes a user with its logins, tokens, links, bans and reactions, and its rooms with their bans and messages,
   * takes it away from what it said elsewhere, and remembers when.
   * Returns undefined if there is no such user.
   */
  delete(userId: UserId, times: DeletionTimes): Awaitable<Deletion | undefined>;
  /** When a user of this id was last deleted; undefined if that isn't known. */
  deletedAt(id: string): Awaitable<number | undefined>;
}
