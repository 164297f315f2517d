import type { RoomId, UserId } from '../../domain/ids.ts';
import type { AddedUserRow, AddedUserStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

type Stored = Omit<AddedUserRow, 'expected'> & { readonly expected: 0 | 1 };

export function createAddedUserStore(database: Connection, { durably, soon }: Batch) {
  const all = database.prepare<[], Stored>(
    `SELECT room_id AS roomId, user_id AS userId, user_info AS userInfo, expected, added_at AS addedAt
     FROM added_users ORDER BY added_at, user_id`,
  );
  const put = database.prepare<[Stored]>(
    `INSERT INTO added_users (room_id, user_id, user_info, expected, added_at)
     SELECT rooms.id, users.id, :userInfo, :expected, :addedAt FROM rooms, users
     WHERE rooms.id = :roomId AND users.id = :userId
     ON CONFLICT DO UPDATE SET user_info = excluded.user_info, expected = excluded.expected, added_at = excluded.added_at`,
  );
  const arrived = database.prepare<[string, string]>(
    'UPDATE added_users SET expected = 0 WHERE room_id = ? AND user_id = ?',
  );
  const remove = database.prepare<[string, string]>(
    'DELETE FROM added_users WHERE room_id = ? AND user_id = ?',
  );
  return {
    all: (): AddedUserRow[] => all.all().map((row) => ({ ...row, expected: row.expected === 1 })),
    put: durably(
      (row: AddedUserRow): boolean => put.run({ ...row, expected: row.expected ? 1 : 0 }).changes === 1,
    ),
    arrivedSoon(roomId: RoomId, userId: UserId): void {
      soon(() => arrived.run(roomId, userId));
    },
    remove: durably((roomId: RoomId, userId: UserId): void => {
      remove.run(roomId, userId);
    }),
    removeSoon(roomId: RoomId, userId: UserId): void {
      soon(() => remove.run(roomId, userId));
    },
  } satisfies AddedUserStore;
}
