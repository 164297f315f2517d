import type { RoomId, UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';

/** Somebody in a call, however often it came and left. */
export interface CallPerson {
  readonly userId: UserId;
  readonly displayName: string | null;
  /** Milliseconds inside, up to `insideSince`. */
  readonly insideMs: number;
  /** Null: not inside. */
  readonly insideSince: number | null;
}

export interface CallRow {
  readonly id: string;
  readonly roomId: RoomId;
  readonly startedAt: number;
  /** Null: it goes on. */
  readonly endedAt: number | null;
  /** Most peers inside at once. */
  readonly peak: number;
}

export interface CallWithPeople extends CallRow {
  readonly people: readonly CallPerson[];
}

/** A call that is over. */
export type PastCallRow = CallWithPeople & { readonly endedAt: number };

/** A place in a room's list of past calls, which begins with the newest. */
export type CallPlace = Pick<CallRow, 'startedAt' | 'id'>;

export interface CallPageRequest {
  /** Null: from the newest on. */
  readonly after: CallPlace | null;
  readonly limit: number;
  /** The page ends with the first call by which it has more people than this. */
  readonly people: number;
  /** Only calls that ended after it. */
  readonly endedAfter: number;
}

/** Calls of rooms: those that go on, and past ones. They go with their room. */
export interface CallStore {
  /** Soon. Stores a call with those of its people who have changed; does nothing if the room has gone. */
  save(call: CallRow, people: readonly CallPerson[]): Awaitable<void>;
  /** Soon. All calls that go on did so at this time. */
  noteAlive(at: number): Awaitable<void>;
  /** What was noted last; undefined if nothing ever was. */
  lastAlive(): Awaitable<number | undefined>;
  /** Those that go on, or did when the process ended. */
  ongoing(): Awaitable<readonly CallWithPeople[]>;
  page(roomId: RoomId, request: CallPageRequest): Awaitable<readonly PastCallRow[]>;
  /** Removes at most `max` calls that ended by then. @returns how many */
  removeEnded(until: number, max: number): Awaitable<number>;
  /** Removes the oldest calls of a room beyond `most`. */
  trim(roomId: RoomId, most: number): Awaitable<void>;
}
