import type { UserId } from '../../domain/ids.ts';
import type { ExpirySlice, ExpiryStore, ExpiryTimes } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { createRemains } from './remains.ts';

/** Every statement finds its rows by an index, so it costs the same in a large table. A test reads the query plans. */
export const EXPIRY_SQL = {
  expiredTokens:
    'DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE expires_at <= ? LIMIT ?)',
  expiredLinks:
    'DELETE FROM reset_links WHERE hash IN (SELECT hash FROM reset_links WHERE expires_at <= ? LIMIT ?)',
  expiredInvites:
    'DELETE FROM registration_invites WHERE id IN (SELECT id FROM registration_invites WHERE expires_at <= ? LIMIT ?)',
  expiredRoomInvitations:
    'DELETE FROM room_invitations WHERE id IN (SELECT id FROM room_invitations WHERE expires_at <= ? LIMIT ?)',
  expiredDeletions:
    'DELETE FROM deleted_users WHERE id IN (SELECT id FROM deleted_users WHERE expires_at <= ? LIMIT ?)',
  expiredLogins: 'SELECT id, user_id AS userId FROM logins WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
  tokensOfLogin:
    'DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE login_id = ? LIMIT ?)',
  login: 'DELETE FROM logins WHERE id = ?',
  /** The next sweep removes these rooms, unless a peer is inside. */
  roomsOfGuest: 'UPDATE rooms SET persistent = 0, listed = 0, vanishes_at = :now WHERE owner_id = :userId',
  guestEnds: `SELECT 1 FROM users WHERE id = :userId AND kind = 'guest'
    AND NOT EXISTS (SELECT 1 FROM logins WHERE user_id = users.id AND id <> :id)`,
  guest: 'DELETE FROM users WHERE id = ?',
} as const;

/** Removes expired rows in slices: one statement for all of them would stall every call. */
export function createExpiryStore(database: Connection, { now: alone }: Batch) {
  const tokens = database.prepare<[number, number]>(EXPIRY_SQL.expiredTokens);
  const links = database.prepare<[number, number]>(EXPIRY_SQL.expiredLinks);
  const invites = database.prepare<[number, number]>(EXPIRY_SQL.expiredInvites);
  const roomInvitations = database.prepare<[number, number]>(EXPIRY_SQL.expiredRoomInvitations);
  const deletions = database.prepare<[number, number]>(EXPIRY_SQL.expiredDeletions);
  const logins = database.prepare<[number, number], { id: string; userId: UserId }>(EXPIRY_SQL.expiredLogins);
  const tokensOf = database.prepare<[string, number]>(EXPIRY_SQL.tokensOfLogin);
  const removeLogin = database.prepare<[string]>(EXPIRY_SQL.login);
  const releaseRooms = database.prepare<[{ userId: string; now: number }]>(EXPIRY_SQL.roomsOfGuest);
  const guestEnds = database.prepare<[{ id: string; userId: UserId }], 1>(EXPIRY_SQL.guestEnds).pluck();
  const remains = createRemains(database);
  const removeUser = database.prepare<[string]>(EXPIRY_SQL.guest);

  /** Removes a guest that has no login any more, and releases its rooms. Returns the number of changed rows. */
  function removeGuest(userId: UserId, now: number): number {
    const rooms = releaseRooms.run({ userId, now }).changes;
    removeUser.run(userId);
    return rooms + 1;
  }

  const slice = database.transaction(({ now, until }: ExpiryTimes, max: number): ExpirySlice => {
    const removedUsers: UserId[] = [];
    let left = max - tokens.run(until, max).changes;
    left -= links.run(now, left).changes;
    left -= invites.run(now, left).changes;
    left -= roomInvitations.run(now, left).changes;
    left -= deletions.run(now, left).changes;
    if (left <= 0) return { rows: max, removedUsers };
    for (const login of logins.all(until, left)) {
      const { id, userId } = login;
      left -= tokensOf.run(id, left).changes;
      const isLastOfGuest = guestEnds.get(login) !== undefined;
      if (isLastOfGuest && left > 0) left -= remains.ofGuest(userId, left);
      if (left <= 0) break;
      removeLogin.run(id);
      left -= 1;
      if (isLastOfGuest) {
        left -= removeGuest(userId, now);
        removedUsers.push(userId);
      }
      if (left <= 0) break;
    }
    return { rows: max - left, removedUsers };
  });

  return { slice: alone(slice) } satisfies ExpiryStore;
}
