import type { RoomId, UserId } from '../../domain/ids.ts';
import type { EditedRoom, NewRoom, RoomEdit, RoomRow, RoomStore, SpareTimes } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { createRemains } from './remains.ts';
import { changedRoom, isSameRoom, ROOM_COLUMNS, roomOf, type Stored, storedRoom } from './room-rows.ts';

export const DUE_ROOMS_SQL = 'SELECT id FROM rooms WHERE vanishes_at <= ? ORDER BY vanishes_at LIMIT ?';
export const NEXT_DUE_ROOM_SQL = 'SELECT min(vanishes_at) FROM rooms WHERE vanishes_at > ?';

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
  const find = database.prepare<[string], Stored<RoomRow>>(`SELECT ${ROOM_COLUMNS} FROM rooms WHERE id = ?`);
  const countOwned = database.prepare<[string], { count: number }>(
    'SELECT count(*) AS count FROM rooms WHERE owner_id = ?',
  );
  const owned = database.prepare<[string], Stored<RoomRow>>(
    `SELECT ${ROOM_COLUMNS} FROM rooms WHERE owner_id = ?`,
  );
  const vanish = database.prepare<[{ id: string; at: number }]>(
    'UPDATE rooms SET vanishes_at = :at WHERE id = :id AND NOT persistent',
  );
  const empty = database.prepare<[{ id: string; at: number }]>(
    `UPDATE rooms SET emptied_at = :at, vanishes_at = iif(persistent, NULL, :at + 1000 * empty_seconds)
     WHERE id = :id`,
  );
  const entered = database
    .prepare<[string], 1>('SELECT 1 FROM rooms WHERE id = ? AND emptied_at IS NOT NULL')
    .pluck();
  const spare = database.prepare<[SpareTimes]>(
    `UPDATE rooms SET vanishes_at = :now + max(:least, min(:most, 1000 * empty_seconds))
     WHERE (vanishes_at IS NULL OR vanishes_at < :now + max(:least, min(:most, 1000 * empty_seconds)))
       AND NOT persistent`,
  );
  const due = database.prepare<[number, number], RoomId>(DUE_ROOMS_SQL).pluck();
  const nextDue = database.prepare<[number], number | null>(NEXT_DUE_ROOM_SQL).pluck();
  const removeAll = database.prepare<[string]>(
    'DELETE FROM rooms WHERE id IN (SELECT value FROM json_each(?))',
  );
  const lock = database.prepare<[{ id: string; locked: 0 | 1 }]>(
    'UPDATE rooms SET locked = :locked WHERE id = :id',
  );
  const write = database.prepare<[Stored<RoomRow> & { now: number; unusedMs: number }]>(
    `UPDATE rooms SET name = :name, max = :max, password_hash = :passwordHash, locked = :locked,
       persistent = :persistent, listed = :listed, waiting_room = :waitingRoom, chat = :chat,
       relay_only = :relayOnly, not_before = :notBefore, expires_at = :expiresAt, end_at_expiry = :endAtExpiry,
       empty_seconds = :emptySeconds, metadata = :metadata,
       vanishes_at = CASE
         WHEN :persistent THEN NULL
         WHEN NOT persistent AND empty_seconds = :emptySeconds THEN vanishes_at
         WHEN emptied_at IS NULL THEN max(created_at + :unusedMs, :now + 1000 * :emptySeconds)
         ELSE :now + 1000 * :emptySeconds
       END
     WHERE id = :id`,
  );

  const findRow = (id: string): RoomRow | undefined => {
    const row = find.get(id);
    return row && roomOf(row);
  };
  const edit = database.transaction(
    (id: string, { change, isExpected, now, unusedMs }: RoomEdit): EditedRoom | 'unexpected' | undefined => {
      const before = findRow(id);
      if (before === undefined) return undefined;
      if (!isExpected(before)) return 'unexpected';
      const after = changedRoom(before, change);
      if (isSameRoom(before, after)) return { before, after: before };
      write.run({ ...storedRoom(after), now, unusedMs });
      return { before, after };
    },
  );

  const clearOut = database.transaction(createRemains(database).ofRoom);

  return {
    insert: now((room: NewRoom, vanishesAt: number | null): boolean => {
      const {
        hasBans: _,
        hasRights: __,
        lastMessageId: ___,
        ...stored
      } = storedRoom({ ...room, hasBans: false, hasRights: false, lastMessageId: null });
      return insert.run({ ...stored, vanishesAt }).changes === 1;
    }),
    find: findRow,
    // IMMEDIATE, because a transaction that starts with a read can't always be upgraded to a write.
    edit: now(edit.immediate),
    ownedBy: (ownerId: UserId): RoomRow[] => owned.all(ownerId).map(roomOf),
    countOwnedBy: (ownerId: UserId): number => countOwned.get(ownerId)?.count ?? 0,
    setLocked: now((id: RoomId, locked: boolean): void => {
      lock.run({ id, locked: locked ? 1 : 0 });
    }),
    clearOut: now(clearOut.immediate),
    removeAll: now((ids: readonly RoomId[]): void => {
      removeAll.run(JSON.stringify(ids));
    }),
    setVanishing(id: RoomId, at: number): void {
      soon(() => vanish.run({ id, at }));
    },
    wasEntered: (id: RoomId): boolean => entered.get(id) !== undefined,
    setEmptied(id: RoomId, at: number): void {
      soon(() => empty.run({ id, at }));
    },
    spareAll: now((times: SpareTimes): void => {
      spare.run(times);
    }),
    due: (until: number, max: number): RoomId[] => due.all(until, max),
    nextDue: (after: number): number | null => nextDue.get(after) ?? null,
  } satisfies RoomStore;
}
