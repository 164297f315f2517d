import type { RoomId, UserId } from '../domain/ids.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { Room } from '../protocol/room-fields.ts';
import type { RoomRow, RoomStore } from '../store/contract.ts';

/** A room as it is stored. `{...record, participants}` is the room on the wire. */
export type RoomRecord = Readonly<Omit<Room, 'id' | 'ownerId' | 'participants'>> & {
  readonly id: RoomId;
  readonly ownerId: UserId | null;
};

/** A room with what decides who may enter it. */
export interface KnownRoom {
  readonly record: RoomRecord;
  readonly passwordHash: string | null;
  readonly hasBans: boolean;
  readonly hasRights: boolean;
  /** Id of the last message of its chat that is stored; null for none. */
  lastMessageId: string | null;
}

/** Max rooms that are remembered. */
export const RECENT_ROOMS = 16_384;

/**
 * A cache of rooms that were created or looked up recently, because a page asks for its room and then joins it. Only this
 * process changes rooms; code that changes one must call `forget`.
 */
export class RecentRooms {
  readonly #store: Pick<RoomStore, 'find'>;
  readonly #known = new BoundedMap<string, KnownRoom>(RECENT_ROOMS);
  /** Counts calls of `forget`: what the store was asked before one may be outdated. */
  #forgotten = 0;

  constructor(store: Pick<RoomStore, 'find'>) {
    this.#store = store;
  }

  /** At once if the room is remembered. */
  find(roomId: string): Awaitable<KnownRoom | undefined> {
    const known = this.#known.get(roomId);
    if (known !== undefined) return known;
    const forgotten = this.#forgotten;
    return andThen(this.#store.find(roomId), (row) => {
      if (row === undefined) return undefined;
      return forgotten === this.#forgotten ? this.add(row) : knownRoom(row);
    });
  }

  add(row: RoomRow): KnownRoom {
    const known = knownRoom(row);
    this.#known.set(row.id, known);
    return known;
  }

  /** Whether the room is still what this record says; false too if it isn't remembered. */
  isCurrent(record: RoomRecord): boolean {
    return this.#known.get(record.id)?.record === record;
  }

  /** Id of the last stored message of a remembered room; null for none. */
  lastMessageIn(roomId: string): string | null {
    return this.#known.get(roomId)?.lastMessageId ?? null;
  }

  /** The room's last stored message is another. Call it in the tick in which it was stored. */
  noteLastMessage(roomId: string, id: string | null): void {
    const known = this.#known.get(roomId);
    if (known !== undefined) known.lastMessageId = id;
    // What the store was asked before may be outdated.
    else this.#forgotten += 1;
  }

  /** The room was changed or removed. */
  forget(roomId: string): void {
    this.#forgotten += 1;
    this.#known.delete(roomId);
  }

  get size(): number {
    return this.#known.size;
  }
}

export function knownRoom(row: RoomRow): KnownRoom {
  return {
    record: recordOf(row),
    passwordHash: row.passwordHash,
    hasBans: row.hasBans,
    hasRights: row.hasRights,
    lastMessageId: row.lastMessageId,
  };
}

/** Each field by name: an object made by spreading is slower to make and to read, and every join reads one. */
export function recordOf(row: RoomRow): RoomRecord {
  return {
    id: row.id,
    name: row.name,
    ownerId: row.ownerId,
    max: row.max,
    hasPassword: row.passwordHash !== null,
    locked: row.locked,
    persistent: row.persistent,
    listed: row.listed,
    waitingRoom: row.waitingRoom,
    chat: row.chat,
    relayOnly: row.relayOnly,
    notBefore: row.notBefore === null ? null : isoTime(row.notBefore),
    expiresAt: row.expiresAt === null ? null : isoTime(row.expiresAt),
    endAtExpiry: row.endAtExpiry,
    emptySeconds: row.emptySeconds,
    metadata: row.metadata === null ? null : JSON.parse(row.metadata),
    createdAt: isoTime(row.createdAt),
  };
}

/** Returns a time as it is stored. */
export function timeOf(text: string | null | undefined): number | null {
  return text == null ? null : Date.parse(text);
}

/** Returns metadata as they are stored. */
export function metadataOf(metadata: unknown): string | null {
  return metadata == null ? null : JSON.stringify(metadata);
}
