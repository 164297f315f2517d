import type { RoomId, UserId } from '../domain/ids.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Room } from '../protocol/fields.ts';
import type { RoomRow } from '../store/contract.ts';
import type { SqliteStore as Store } from '../store/sqlite/open.ts';

/** Rooms that are remembered after they were made or looked up; the oldest goes first. */
export const RECENT_ROOMS = 16_384;

/** A room as it is kept. `{...record, participants}` is the room on the wire. */
export type RoomRecord = Readonly<Omit<Room, 'id' | 'ownerId' | 'participants'>> & {
  readonly id: RoomId;
  readonly ownerId: UserId | null;
};

/** A room, and what decides who may enter it. */
export interface KnownRoom {
  readonly record: RoomRecord;
  readonly passwordHash: string | null;
  readonly hasBans: boolean;
}

/**
 * Rooms that were made or looked up a short while ago: a page asks for its room, then joins it, and so does whoever gets
 * the link. Nobody but this process writes to them; whoever does has to `forget`.
 */
export class RecentRooms {
  readonly #store: Pick<Store['rooms'], 'find'>;
  readonly #known = new BoundedMap<string, KnownRoom>(RECENT_ROOMS);

  constructor(store: Pick<Store['rooms'], 'find'>) {
    this.#store = store;
  }

  find(roomId: string): KnownRoom | undefined {
    const known = this.#known.get(roomId);
    if (known !== undefined) return known;
    const row = this.#store.find(roomId);
    return row && this.add(row);
  }

  add(row: RoomRow): KnownRoom {
    const known = { record: recordOf(row), passwordHash: row.passwordHash, hasBans: row.hasBans };
    this.#known.set(row.id, known);
    return known;
  }

  /** It is another now, or no more. */
  forget(roomId: string): void {
    this.#known.delete(roomId);
  }

  get size(): number {
    return this.#known.size;
  }
}

function recordOf(row: RoomRow): RoomRecord {
  const { id, name, ownerId, max, locked, persistent, listed, emptySeconds } = row;
  const hasPassword = row.passwordHash !== null;
  const createdAt = new Date(row.createdAt).toISOString();
  return { id, name, ownerId, max, locked, persistent, listed, emptySeconds, hasPassword, createdAt };
}
