import type { RoomId, UserId } from '../../domain/ids.ts';
import type { NewRoom, RoomRow, RoomStore, SpareTimes } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

/** SQLite has no booleans. */
type Flag = 'locked' | 'persistent' | 'listed' | 'waitingRoom' | 'relayOnly' | 'endAtExpiry' | 'hasBans';
type Stored<Row> = Omit<Row, Flag> & { readonly [name in Flag & keyof Row]: 0 | 1 };

export const DUE_ROOMS_SQL = 'SELECT id FROM rooms WHERE vanishes_at <= ? ORDER BY vanishes_at LIMIT ?';

export function createRoomStore(database: Connection, { now, soon }: Batch) {
  const insert = database.prepare<[Stored<NewRoom> & { vanishesAt: number | null }]>(
    `INSERT INTO rooms (id, name, owner_id, max, password_hash, locked, persistent, listed, waiting_room, chat,
                        relay_only, not_before, expires_at, end_at_expiry, empty_seconds, metadata, created_at,
                        vanishes_at)
     SELECT :id, :name, :ownerId, :max, :passwordHash, :locked, :persistent, :listed, :waitingRoom, :chat,
            :relayOnly, :notBefore, :expiresAt, :endAtExpiry, :emptySeconds, :metadata, :createdAt, :vanishesAt
     WHERE :ownerId IS NULL OR EXISTS (SELECT 1 FROM users WHERE id = :ownerId)
     ON CONFLICT DO NOTHING`,
  );
  const find = database.prepare<[string], Stored<RoomRow>>(
    `SELECT id, name, owner_id AS ownerId, max, password_hash AS passwordHash, locked, persistent, listed,
            waiting_room AS waitingRoom, chat, relay_only AS relayOnly, not_before AS notBefore,
            expires_at AS expiresAt, end_at_expiry AS endAtExpiry, empty_seconds AS emptySeconds, metadata,
            created_at AS createdAt,
            EXISTS (SELECT 1 FROM room_bans WHERE room_id = rooms.id) AS hasBans
     FROM rooms WHERE id = ?`,
  );
  const countOwned = database.prepare<[string], { count: number }>(
    'SELECT count(*) AS count FROM rooms WHERE owner_id = ?',
  );
  const vanish = database.prepare<[{ id: string; at: number }]>(
    'UPDATE rooms SET vanishes_at = :at WHERE id = :id AND NOT persistent',
  );
  const empty = database.prepare<[{ id: string; at: number }]>(
    'UPDATE rooms SET vanishes_at = :at + 1000 * empty_seconds WHERE id = :id AND NOT persistent',
  );
  const spare = database.prepare<[SpareTimes]>(
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
  return {
    insert: now((room: NewRoom, vanishesAt: number | null): boolean => {
      const flags = {
        locked: bit(room.locked),
        persistent: bit(room.persistent),
        listed: bit(room.listed),
        waitingRoom: bit(room.waitingRoom),
        relayOnly: bit(room.relayOnly),
        endAtExpiry: bit(room.endAtExpiry),
      };
      return insert.run({ ...room, ...flags, vanishesAt }).changes === 1;
    }),
    find(id: string): RoomRow | undefined {
      const row = find.get(id);
      if (row === undefined) return undefined;
      return {
        ...row,
        locked: row.locked === 1,
        persistent: row.persistent === 1,
        listed: row.listed === 1,
        waitingRoom: row.waitingRoom === 1,
        relayOnly: row.relayOnly === 1,
        endAtExpiry: row.endAtExpiry === 1,
        hasBans: row.hasBans === 1,
      };
    },
    countOwnedBy: (ownerId: UserId): number => countOwned.get(ownerId)?.count ?? 0,
    setLocked: now((id: RoomId, locked: boolean): void => {
      lock.run({ id, locked: bit(locked) });
    }),
    removeAll: now((ids: readonly RoomId[]): void => {
      removeAll.run(JSON.stringify(ids));
    }),
    setVanishing(id: RoomId, at: number): void {
      soon(() => vanish.run({ id, at }));
    },
    setEmptied(id: RoomId, at: number): void {
      soon(() => empty.run({ id, at }));
    },
    spareAll: now((times: SpareTimes): void => {
      spare.run(times);
    }),
    due: (until: number, max: number): RoomId[] => due.all(until, max),
  } satisfies RoomStore;
}

function bit(flag: boolean): 0 | 1 {
  return flag ? 1 : 0;
}
