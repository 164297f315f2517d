import type { Database } from 'better-sqlite3';
import type { UserId } from '../../domain/ids.ts';
import type { Batch } from './batch.ts';

/** Every statement finds its rows by an index, however many others there are; a test reads their query plans. */
export const EXPIRY_SQL = {
  expiredTokens:
    'DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE expires_at <= ? LIMIT ?)',
  expiredLogins: 'SELECT id, user_id AS userId FROM logins WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
  tokensOfLogin:
    'DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE login_id = ? LIMIT ?)',
  login: 'DELETE FROM logins WHERE id = ?',
  /** The next sweep of rooms takes them, unless somebody is inside. */
  roomsOfGuest: 'UPDATE rooms SET persistent = 0, listed = 0, vanishes_at = :now WHERE owner_id = :userId',
  guestGone: `SELECT 1 FROM users WHERE id = ? AND kind = 'guest'
    AND NOT EXISTS (SELECT 1 FROM logins WHERE user_id = users.id)`,
  guest: 'DELETE FROM users WHERE id = ?',
} as const;

interface Times {
  /** Milliseconds since 1970. */
  readonly now: number;
  /**
   * What expired at or before it goes: late enough that no access token of such a login is alive, and that a refresh
   * token is not used again for a lost reply.
   */
  readonly until: number;
}

/** What goes by itself when its time is up, in slices: one statement over all of it would hold up every call. */
export function createExpiryStore(database: Database, { now: alone }: Batch) {
  const tokens = database.prepare<[number, number]>(EXPIRY_SQL.expiredTokens);
  const logins = database.prepare<[number, number], { id: string; userId: UserId }>(EXPIRY_SQL.expiredLogins);
  const tokensOf = database.prepare<[string, number]>(EXPIRY_SQL.tokensOfLogin);
  const removeLogin = database.prepare<[string]>(EXPIRY_SQL.login);
  const releaseRooms = database.prepare<[{ userId: string; now: number }]>(EXPIRY_SQL.roomsOfGuest);
  const guestGone = database.prepare<[string], 1>(EXPIRY_SQL.guestGone).pluck();
  const removeUser = database.prepare<[string]>(EXPIRY_SQL.guest);

  /** @returns rows changed: a guest that nobody can sign in as any more goes, and its rooms with it */
  function forget(userId: UserId, now: number): number {
    if (guestGone.get(userId) === undefined) return 0;
    const rooms = releaseRooms.run({ userId, now }).changes;
    removeUser.run(userId);
    return rooms + 1;
  }

  const slice = database.transaction(({ now, until }: Times, most: number): number => {
    let left = most - tokens.run(until, most).changes;
    if (left <= 0) return most;
    for (const { id, userId } of logins.all(until, left)) {
      left -= tokensOf.run(id, left).changes;
      if (left <= 0) break;
      removeLogin.run(id);
      left -= 1 + forget(userId, now);
      if (left <= 0) break;
    }
    return most - left;
  });

  return {
    /**
     * Removes expired refresh tokens, logins, and guests without a login.
     * @param most rows of one slice; the rooms of the last guest (`ROOMS_PER_OWNER`) may exceed it
     * @returns rows changed; `most` or more: there may be more to do
     */
    slice: alone(slice),
  };
}
