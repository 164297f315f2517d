import type { RoomId, UserId } from '../../domain/ids.ts';
import type { Deletion, DeletionStore, DeletionTimes } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { createRemains } from './remains.ts';

/** Every statement finds its rows by an index. A test reads the query plans. */
export const DELETION_SQL = {
  rooms: 'SELECT id FROM rooms WHERE owner_id = ?',
  logins: 'SELECT id FROM logins WHERE user_id = ? AND revoked_at IS NULL',
  tokensBeyond: `SELECT 1 FROM logins JOIN refresh_tokens ON login_id = logins.id WHERE user_id = ? LIMIT 1 OFFSET ?`,
  ended: 'SELECT id FROM logins WHERE user_id = ? AND revoked_at IS NOT NULL LIMIT ?',
  tokensOf:
    'DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE login_id = ? LIMIT ?)',
  removeLogin: 'DELETE FROM logins WHERE id = ?',
  /**
   * An id of our making is forgotten with its last token. A backend's or trusted issuer's is kept for good (NULL), because
   * its tokens may live for years.
   */
  remember: `INSERT INTO deleted_users (id, deleted_at, expires_at)
    SELECT id, :now, iif(kind = 'external' AND NOT EXISTS (SELECT 1 FROM oidc_users WHERE user_id = users.id), NULL, :until)
    FROM users WHERE id = :userId
    ON CONFLICT (id) DO UPDATE SET deleted_at = excluded.deleted_at, expires_at = excluded.expires_at`,
  removeRooms: 'DELETE FROM rooms WHERE owner_id = ?',
  removeUser: 'DELETE FROM users WHERE id = ?',
  deletedAt: 'SELECT deleted_at FROM deleted_users WHERE id = ?',
} as const;

/** What `detach` has left, if anything. */
const ALL = Number.MAX_SAFE_INTEGER;

export function createDeletionStore(database: Connection, { now, durably }: Batch) {
  const rooms = database.prepare<[string], RoomId>(DELETION_SQL.rooms).pluck();
  const logins = database.prepare<[string], string>(DELETION_SQL.logins).pluck();
  const remember = database.prepare<[DeletionTimes & { userId: string }]>(DELETION_SQL.remember);
  const removeRooms = database.prepare<[string]>(DELETION_SQL.removeRooms);
  const removeUser = database.prepare<[string]>(DELETION_SQL.removeUser);
  const deletedAt = database.prepare<[string], number>(DELETION_SQL.deletedAt).pluck();
  const tokensBeyond = database.prepare<[string, number], 1>(DELETION_SQL.tokensBeyond).pluck();
  const ended = database.prepare<[string, number], string>(DELETION_SQL.ended).pluck();
  const tokensOf = database.prepare<[string, number]>(DELETION_SQL.tokensOf);
  const removeLogin = database.prepare<[string]>(DELETION_SQL.removeLogin);

  const removeEnded = database.transaction((userId: UserId, max: number): number => {
    let left = max;
    for (const id of ended.all(userId, max)) {
      left -= tokensOf.run(id, left).changes;
      if (left > 0) left -= removeLogin.run(id).changes;
      if (left === 0) break;
    }
    return max - left;
  });

  const remains = createRemains(database);
  const detach = database.transaction((userId: UserId, max: number): number => {
    let left = max;
    for (const roomId of rooms.all(userId)) {
      left -= remains.ofRoom(roomId, left);
      if (left === 0) return max;
    }
    return max - left + remains.ofUser(userId, left);
  });

  const remove = database.transaction((userId: UserId, times: DeletionTimes): Deletion | undefined => {
    if (remember.run({ ...times, userId }).changes === 0) return undefined;
    const deletion = { roomIds: rooms.all(userId), loginIds: logins.all(userId) };
    removeRooms.run(userId);
    remains.ofUser(userId, ALL);
    // Takes along what refers to the user: logins with their tokens, reset links, bans.
    removeUser.run(userId);
    return deletion;
  });

  return {
    hasMany: (userId: UserId, rows: number): boolean => tokensBeyond.get(userId, rows) !== undefined,
    removeEnded: now(removeEnded.immediate),
    detach: now(detach.immediate),
    delete: durably(remove.immediate),
    deletedAt: (id: string): number | undefined => deletedAt.get(id),
  } satisfies DeletionStore;
}
