import type { RoomId, UserId } from '../../domain/ids.ts';
import { MARK_OUTLIVES_MS, MARKS_PER_ROOM } from '../contract/room-token-marks.ts';
import type { RoomTokenMarkStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

/** Every statement finds its rows by an index. A test reads the query plans. */
export const MARKS_SQL = {
  mark: `INSERT INTO room_token_marks (room_id, user_id, marked_at) VALUES (:roomId, :userId, :at)
    ON CONFLICT DO UPDATE SET marked_at = max(marked_at, excluded.marked_at), expires_at = NULL`,
  trim: `DELETE FROM room_token_marks WHERE room_id = :roomId AND user_id IN (
      SELECT user_id FROM room_token_marks WHERE room_id = :roomId ORDER BY marked_at DESC LIMIT -1 OFFSET :max)`,
  find: 'SELECT marked_at FROM room_token_marks WHERE room_id = ? AND user_id = ?',
  expired: `DELETE FROM room_token_marks WHERE (room_id, user_id) IN (
      SELECT room_id, user_id FROM room_token_marks WHERE expires_at <= ? LIMIT ?)`,
  last: `SELECT room_id AS roomId, user_id AS userId FROM room_token_marks
    WHERE (room_id, user_id) > (:roomId, :userId) ORDER BY room_id, user_id LIMIT 1 OFFSET :offset`,
  roomless: `UPDATE room_token_marks SET expires_at = :expiresAt
    WHERE (room_id, user_id) > (:roomId, :userId) AND (room_id, user_id) <= (:lastRoomId, :lastUserId)
      AND expires_at IS NULL AND NOT EXISTS (SELECT 1 FROM rooms WHERE id = room_id)`,
} as const;

type Place = { readonly roomId: string; readonly userId: string };
const START: Place = { roomId: '', userId: '' };
/** After every id. */
const END: Place = { roomId: '\u{10ffff}', userId: '' };

/** Returns what makes a mark, for use within a transaction. */
export function createMark(database: Connection): (roomId: RoomId, userId: UserId, at: number) => void {
  const mark = database.prepare<[Place & { at: number }]>(MARKS_SQL.mark);
  const trim = database.prepare<[{ roomId: string; max: number }]>(MARKS_SQL.trim);
  return (roomId, userId, at) => {
    mark.run({ roomId, userId, at });
    trim.run({ roomId, max: MARKS_PER_ROOM });
  };
}

export function createRoomTokenMarkStore(database: Connection, { now: alone, durably }: Batch) {
  const find = database.prepare<[string, string], number>(MARKS_SQL.find).pluck();
  const expired = database.prepare<[number, number]>(MARKS_SQL.expired);
  const last = database.prepare<[Place & { offset: number }], Place>(MARKS_SQL.last);
  const roomless = database.prepare<[Place & { lastRoomId: string; lastUserId: string; expiresAt: number }]>(
    MARKS_SQL.roomless,
  );
  /** Marks up to here have been looked at. */
  let seen = START;

  const sweep = database.transaction((now: number, max: number): boolean => {
    const removed = expired.run(now, max).changes;
    const next = last.get({ ...seen, offset: max - 1 });
    const { roomId: lastRoomId, userId: lastUserId } = next ?? END;
    roomless.run({ ...seen, lastRoomId, lastUserId, expiresAt: now + MARK_OUTLIVES_MS });
    seen = next ?? START;
    return removed === max || next !== undefined;
  });

  return {
    mark: durably(database.transaction(createMark(database)).immediate),
    find: (roomId: RoomId, userId: UserId): number | undefined => find.get(roomId, userId),
    sweep: alone(sweep.immediate),
  } satisfies RoomTokenMarkStore;
}
