import type { Database } from 'better-sqlite3';
import type { RoomId, UserId } from '../../domain/ids.ts';
import type { Batch } from './batch.ts';

export interface RoomRow {
  readonly id: RoomId;
  readonly name: string | null;
  readonly ownerId: UserId | null;
  /** People. */
  readonly max: number;
  readonly passwordHash: string | null;
  readonly locked: boolean;
  readonly persistent: boolean;
  readonly listed: boolean;
  /** From the last one's leaving to the room's end. */
  readonly emptySeconds: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Whether anybody is banned from it; a new room has no bans. */
  readonly hasBans: boolean;
}

export type NewRoom = Omit<RoomRow, 'hasBans'>;

/** As SQLite holds it: it knows no booleans. */
type Flags = 'locked' | 'persistent' | 'listed';
type StoredRow = Omit<NewRoom, Flags> & { readonly [flag in Flags]: 0 | 1 };

/** A list in place of an object: rooms are looked up at each join, and objects are made field by field, by name. */
type Columns = readonly [
  id: RoomId,
  name: string | null,
  ownerId: UserId | null,
  max: number,
  passwordHash: string | null,
  locked: 0 | 1,
  persistent: 0 | 1,
  listed: 0 | 1,
  emptySeconds: number,
  createdAt: number,
  hasBans: 0 | 1,
];

export const DUE_ROOMS_SQL = 'SELECT id FROM rooms WHERE vanishes_at <= ? ORDER BY vanishes_at LIMIT ?';
/** Rooms that go in one slice, with up to `BANS_PER_ROOM` bans each. */
export const ROOMS_AT_ONCE = 100;

export function createRoomStore(database: Database, { now, soon }: Batch) {
  const insert = database.prepare<[StoredRow & { vanishesAt: number | null }]>(
    `INSERT INTO rooms (id, name, owner_id, max, password_hash, locked, persistent, listed, empty_seconds,
                        created_at, vanishes_at)
     VALUES (:id, :name, :ownerId, :max, :passwordHash, :locked, :persistent, :listed, :emptySeconds,
             :createdAt, :vanishesAt)
     ON CONFLICT DO NOTHING`,
  );
  const find = database
    .prepare<[string], Columns>(
      `SELECT id, name, owner_id, max, password_hash, locked, persistent, listed, empty_seconds, created_at,
              EXISTS (SELECT 1 FROM room_bans WHERE room_id = rooms.id)
       FROM rooms WHERE id = ?`,
    )
    .raw();
  const countOwned = database.prepare<[string], { count: number }>(
    'SELECT count(*) AS count FROM rooms WHERE owner_id = ?',
  );
  const vanish = database.prepare<[{ id: string; at: number }]>(
    'UPDATE rooms SET vanishes_at = :at WHERE id = :id AND NOT persistent',
  );
  const empty = database.prepare<[{ id: string; at: number }]>(
    'UPDATE rooms SET vanishes_at = :at + 1000 * empty_seconds WHERE id = :id AND NOT persistent',
  );
  const spare = database.prepare<[{ now: number; least: number; most: number }]>(
    `UPDATE rooms SET vanishes_at = :now + max(:least, min(:most, 1000 * empty_seconds))
     WHERE (vanishes_at IS NULL OR vanishes_at < :now + max(:least, min(:most, 1000 * empty_seconds)))
       AND NOT persistent`,
  );
  const due = database.prepare<[number, number], RoomId>(DUE_ROOMS_SQL).pluck();
  const removeAll = database.prepare<[string]>(
    'DELETE FROM rooms WHERE id IN (SELECT value FROM json_each(?))',
  );
  const lock = database.prepare<[{ id: string; locked: 0 | 1 }]>(
    'UPDATE rooms SET locked = :locked WHERE id = :id',
  );
  const remove = database.prepare<[string]>('DELETE FROM rooms WHERE id = ?');
  return {
    /**
     * @param vanishesAt when the room goes unless somebody enters, in ms since 1970; null: never
     * @returns false when the id is taken
     */
    insert: now((room: NewRoom, vanishesAt: number | null): boolean => {
      const flags = { locked: bit(room.locked), persistent: bit(room.persistent), listed: bit(room.listed) };
      return insert.run({ ...room, ...flags, vanishesAt }).changes === 1;
    }),
    find(wanted: string): RoomRow | undefined {
      const row = find.get(wanted);
      if (row === undefined) return undefined;
      const [
        id,
        name,
        ownerId,
        max,
        passwordHash,
        locked,
        persistent,
        listed,
        emptySeconds,
        createdAt,
        hasBans,
      ] = row;
      return {
        id,
        name,
        ownerId,
        max,
        passwordHash,
        locked: locked === 1,
        persistent: persistent === 1,
        listed: listed === 1,
        emptySeconds,
        createdAt,
        hasBans: hasBans === 1,
      };
    },
    countOwnedBy: (ownerId: UserId): number => countOwned.get(ownerId)?.count ?? 0,
    setLocked: now((id: RoomId, locked: boolean): void => {
      lock.run({ id, locked: bit(locked) });
    }),
    /** Its bans go with it. */
    remove: now((id: RoomId): void => {
      remove.run(id);
    }),
    /** @param at when the room goes, in ms since 1970. Persistent ones always stay. */
    setVanishing(id: RoomId, at: number): void {
      soon(() => vanish.run({ id, at }));
    },
    /** The last one left at this time, in ms since 1970: the room goes `emptySeconds` later. Persistent ones stay. */
    setEmptied(id: RoomId, at: number): void {
      soon(() => empty.run({ id, at }));
    },
    /** For a new process: no room goes before `now` plus its `emptySeconds`, held between `least` and `most` ms. */
    spareAll: now((times: { readonly now: number; readonly least: number; readonly most: number }): void => {
      spare.run(times);
    }),
    /** The ids of those that go at `until` or before it, the earliest first, `most` at most. */
    due: (until: number, most = ROOMS_AT_ONCE): RoomId[] => due.all(until, most),
    removeAll: now((ids: readonly RoomId[]): void => {
      removeAll.run(JSON.stringify(ids));
    }),
  };
}

function bit(flag: boolean): 0 | 1 {
  return flag ? 1 : 0;
}
