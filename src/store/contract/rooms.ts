import type { RoomId, UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import type { ChatPolicy } from '../../protocol/room-fields.ts';

export interface RoomRow {
  readonly id: RoomId;
  readonly name: string | null;
  readonly ownerId: UserId | null;
  /** Max people inside. */
  readonly max: number;
  readonly passwordHash: string | null;
  readonly locked: boolean;
  readonly persistent: boolean;
  readonly listed: boolean;
  readonly waitingRoom: boolean;
  readonly chat: ChatPolicy;
  /** Clients use relay candidates only. */
  readonly relayOnly: boolean;
  /** Nobody enters before it; null: at any time. */
  readonly notBefore: number | null;
  /** Nobody new enters after it; null: at any time. */
  readonly expiresAt: number | null;
  /** Whether all are put out at `expiresAt`. */
  readonly endAtExpiry: boolean;
  /** Seconds from the last participant's leaving to the room's end. */
  readonly emptySeconds: number;
  /** JSON text, null for none. */
  readonly metadata: string | null;
  readonly createdAt: number;
  /** Whether anybody is banned from it; a new room has no bans. */
  readonly hasBans: boolean;
  /** Whether it grants anybody any rights; a new room grants none. */
  readonly hasRights: boolean;
  /** Id of the newest message that is stored; null for none. */
  readonly lastMessageId: string | null;
}

export type NewRoom = Omit<RoomRow, 'hasBans' | 'hasRights' | 'lastMessageId'>;

/** What PATCH changes. */
export type RoomSettings = Omit<NewRoom, 'id' | 'ownerId' | 'createdAt'>;
/** Undefined: it stays as it is. */
export type RoomChange = { readonly [name in keyof RoomSettings]?: RoomSettings[name] | undefined };

/** The same object twice if nothing has changed. */
export interface EditedRoom {
  readonly before: RoomRow;
  readonly after: RoomRow;
}

export interface RoomEdit {
  readonly change: RoomChange;
  /** Called with what is stored, in the same transaction. */
  readonly isExpected: (row: RoomRow) => boolean;
  readonly now: number;
  /** Milliseconds from its creation to the end of a room that nobody ever entered. */
  readonly unusedMs: number;
}

export interface SpareTimes {
  readonly now: number;
  /** Min milliseconds that a room stays. */
  readonly least: number;
  /** Max milliseconds that a room stays, however large its `emptySeconds`. */
  readonly most: number;
}

/** Rooms. Persistent ones never vanish by themselves [RM5]. */
export interface RoomStore {
  /**
   * @param vanishesAt when the room is removed unless a peer enters; null for never
   * @returns false if the id is taken, or the owner is gone
   */
  insert(room: NewRoom, vanishesAt: number | null): Awaitable<boolean>;
  find(id: string): Awaitable<RoomRow | undefined>;
  ownedBy(ownerId: UserId): Awaitable<readonly RoomRow[]>;
  countOwnedBy(ownerId: UserId): Awaitable<number>;
  setLocked(id: RoomId, locked: boolean): Awaitable<void>;
  /**
   * A room whose `persistent` or `emptySeconds` changes while it is empty goes `emptySeconds` after the change.
   * @returns undefined if there is no such room
   */
  edit(id: string, edit: RoomEdit): Awaitable<EditedRoom | 'unexpected' | undefined>;
  /**
   * Removes messages and calls of a room that is about to go. Returns the number of removed rows: `max` if more may be left.
   */
  clearOut(id: RoomId, max: number): Awaitable<number>;
  /** Removes rooms with all that is left of them. */
  removeAll(ids: readonly RoomId[]): Awaitable<void>;
  /** Soon. */
  setVanishing(id: RoomId, at: number): Awaitable<void>;
  /** Whether somebody has been inside and left. */
  wasEntered(id: RoomId): Awaitable<boolean>;
  /** Soon. The last participant left at this time: unless it is persistent, the room goes `emptySeconds` later. */
  setEmptied(id: RoomId, at: number): Awaitable<void>;
  /** For a new process: no room goes before `now` plus its `emptySeconds`, clamped to `least`–`most`. */
  spareAll(times: SpareTimes): Awaitable<void>;
  /** Rooms that go at `until` or before, at most `max`, earliest first. */
  due(until: number, max: number): Awaitable<readonly RoomId[]>;
  /** When the first room after this moment goes; null for none. */
  nextDue(after: number): Awaitable<number | null>;
}

/** A place in the list of rooms that a user sees: after its own room, or after somebody's listed one. */
export interface RoomListPlace {
  readonly part: 'own' | 'listed';
  readonly createdAt: number;
  readonly id: string;
}

export interface RoomListRequest {
  readonly userId: UserId;
  /** Null: from the beginning. */
  readonly after: RoomListPlace | null;
  readonly limit: number;
}

export interface RoomListPage {
  readonly rooms: readonly RoomRow[];
  /** Null if there is no more. */
  readonly next: RoomListPlace | null;
}

export interface ExpiryPlace {
  readonly expiresAt: number;
  readonly id: RoomId | '';
}

/** The rooms that a user sees: its own, and then those of others that are listed, each with the newest first. */
export interface RoomListStore {
  page(request: RoomListRequest): Awaitable<RoomListPage>;
  /** Rooms with `endAtExpiry` whose time ended after one place and by `until`, at most `max`, earliest first. */
  ended(after: ExpiryPlace, until: number, max: number): Awaitable<readonly ExpiryPlace[]>;
  /** The same, of rooms without `endAtExpiry`. */
  closed(after: ExpiryPlace, until: number, max: number): Awaitable<readonly ExpiryPlace[]>;
}

export interface BanRow {
  readonly userId: UserId;
  /** The user's name today. */
  readonly displayName: string | null;
  readonly bannedAt: number;
}

/** Who may not enter which room [RM6]. Bans go with their room and with their user. */
export interface BanStore {
  /** Durable. The user is no host of the room any more, and its tokens for the room are marked. No ban if the user is gone. */
  insert(roomId: RoomId, userId: UserId, at: number): Awaitable<void>;
  has(roomId: RoomId, userId: UserId): Awaitable<boolean>;
  countIn(roomId: RoomId): Awaitable<number>;
  /** All bans of a room, oldest first. */
  list(roomId: RoomId): Awaitable<readonly BanRow[]>;
  /** Durable. Returns false if the user isn't banned. */
  remove(roomId: RoomId, userId: string): Awaitable<boolean>;
}
