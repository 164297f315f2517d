import type { RoomId, UserId } from '../../domain/ids.ts';
import type { BanRow, BanStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { createMark } from './room-token-marks.ts';

export function createBanStore(database: Connection, { durably }: Batch) {
  const insert = database.prepare<[{ roomId: string; userId: string; at: number }]>(
    `INSERT INTO room_bans (room_id, user_id, banned_at)
     SELECT :roomId, id, :at FROM users WHERE id = :userId ON CONFLICT DO NOTHING`,
  );
  const demote = database.prepare<[string, string]>(
    'UPDATE room_rights SET host = 0 WHERE room_id = ? AND user_id = ? AND host',
  );
  const find = database
    .prepare<[string, string], 1>('SELECT 1 FROM room_bans WHERE room_id = ? AND user_id = ?')
    .pluck();
  const count = database.prepare<[string], { count: number }>(
    'SELECT count(*) AS count FROM room_bans WHERE room_id = ?',
  );
  const list = database.prepare<[string], BanRow>(
    `SELECT user_id AS userId, display_name AS displayName, banned_at AS bannedAt
     FROM room_bans JOIN users ON id = user_id WHERE room_id = ? ORDER BY banned_at, user_id`,
  );
  const remove = database.prepare<[string, string]>(
    'DELETE FROM room_bans WHERE room_id = ? AND user_id = ?',
  );
  const mark = createMark(database);
  const ban = database.transaction((roomId: RoomId, userId: UserId, at: number): void => {
    insert.run({ roomId, userId, at });
    demote.run(roomId, userId);
    mark(roomId, userId, at);
  });
  return {
    insert: durably(ban.immediate),
    has: (roomId: RoomId, userId: UserId): boolean => find.get(roomId, userId) !== undefined,
    countIn: (roomId: RoomId): number => count.get(roomId)?.count ?? 0,
    list: (roomId: RoomId): BanRow[] => list.all(roomId),
    remove: durably((roomId: RoomId, userId: string): boolean => remove.run(roomId, userId).changes === 1),
  } satisfies BanStore;
}
