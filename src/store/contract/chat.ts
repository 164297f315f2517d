import type { PeerId, RoomId, UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import type { Reactions } from '../../protocol/chat-events.ts';

export interface NewMessage {
  readonly roomId: RoomId;
  /** Ids sort by time, as text. */
  readonly id: string;
  readonly userId: UserId;
  readonly peerId: PeerId | null;
  readonly displayName: string | null;
  readonly message: string;
  readonly replyTo: string | null;
  readonly createdAt: number;
}

/** A message as it is stored. Whoever said it is null once that user is deleted. */
export interface StoredMessage extends Omit<NewMessage, 'userId' | 'message'> {
  readonly userId: UserId | null;
  /** Null: deleted. */
  readonly message: string | null;
  /** The first message of its chain of replies; null if it is no reply. */
  readonly rootId: string | null;
  readonly version: number;
  readonly editedAt: number | null;
  readonly deletedAt: number | null;
  readonly reactions: Reactions;
}

/** What a change is about. */
interface Target {
  readonly roomId: RoomId;
  readonly id: string;
  /** The changer may read what is above this id: neither the message nor the first of its chain is at or below it. */
  readonly above: string;
}

/** A change to a room's chat. */
export type ChatWrite =
  /** `above` as in the other changes, for the message that it replies to. */
  | { readonly kind: 'say'; readonly row: NewMessage; readonly above: string }
  /** @property since only messages that were said at this time or later can be edited */
  | (Target & {
      readonly kind: 'edit';
      readonly userId: UserId;
      readonly message: string;
      readonly at: number;
      readonly since: number;
    })
  /** @property userId whose message it must be; null: anybody's */
  | (Target & { readonly kind: 'delete'; readonly userId: UserId | null; readonly at: number })
  | (Target & {
      readonly kind: 'react';
      readonly userId: UserId;
      readonly emoji: string;
      readonly on: boolean;
    })
  /** From now on nobody finds a message that is there now. `sweepCleared` removes them. */
  | { readonly kind: 'clear'; readonly roomId: RoomId };

/** Why a change wasn't made. The first of these that applies. */
export type ChatRefusal = 'room_not_found' | 'not_found' | 'not_author' | 'too_old' | 'too_many_reactions';

export type ChatResult =
  | { readonly refusal: ChatRefusal }
  | { readonly refusal?: undefined; readonly message: StoredMessage; readonly changed: boolean }
  /** @property upTo the newest message that was removed; null for none */
  | { readonly refusal?: undefined; readonly upTo: string | null };

/** Which messages to read: `limit` of those with ids above `above` and below `below`. */
export interface MessageRange {
  readonly above: string;
  /** Default: no end. */
  readonly below?: string | undefined;
  /** Which of them, if there are more. */
  readonly from: 'oldest' | 'newest';
  readonly limit: number;
}

export interface ChatBatch {
  readonly writes: readonly ChatWrite[];
  /** Milliseconds since 1970: no id is of a later time, unless a later batch says so. Default: as before. */
  readonly idsUntil?: number | undefined;
  /** Whether it must survive a power cut. */
  readonly durable: boolean;
}

/** Messages of rooms [CH1]–[CH4]. They go with their room, and lose their user with the user. */
export interface ChatStore {
  /**
   * Makes all changes in one transaction, in their order, and returns what came of each. A room keeps its newest
   * `ROOM_MESSAGES`.
   */
  write(batch: ChatBatch): Awaitable<readonly ChatResult[]>;
  /** Oldest first. */
  list(roomId: RoomId, range: MessageRange): Awaitable<readonly StoredMessage[]>;
  /** The last `idsUntil`; 0 at first. */
  idsUntil(): Awaitable<number>;
  /**
   * Removes what is left of messages that were cleared, with their reactions. Returns the number of removed rows: `max` if
   * more may be left.
   */
  sweepCleared(max: number): Awaitable<number>;
}
