import type { RoomId, UserId } from '../../domain/ids.ts';
import type { BanStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

export function createBanStore(database: Connection, { durably }: Batch) {
  const insert = database.prepare<[{ roomId: string; userId: string; at: number }]>(
    `INSERT INTO room_bans (room_id, user_id, banned_at)
     SELECT :roomId, id, :at FROM users WHERE id = :userId ON CONFLICT DO NOTHING`,
  );
  const find = database
    .prepare<[string, string], 1>('SELECT 1 FROM room_bans WHERE room_id = ? AND user_id = ?')
    .pluck();
  const count = database.prepare<[string], { count: number }>(
    'SELECT count(*) AS count FROM room_bans WHERE room_id = ?',
  );
  return {
    insert: durably((roomId: RoomId, userId: UserId, at: number): void => {
      insert.run({ roomId, userId, at });
    }),
    has: (roomId: RoomId, userId: UserId): boolean => find.get(roomId, userId) !== undefined,
    countIn: (roomId: RoomId): number => count.get(roomId)?.count ?? 0,
  } satisfies BanStore;
}
