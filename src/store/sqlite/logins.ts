import type { UserId } from '../../domain/ids.ts';
import {
  type FirstRefreshToken,
  type HeldLogin,
  LOGINS_PER_USER,
  type LoginRow,
  type LoginStore,
  type NewRefreshToken,
  type RefreshTokenRow,
  type RevokedLogin,
  TOKENS_PER_LOGIN,
} from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

/** Every statement finds its rows by an index; a test reads the query plans. */
export const LOGIN_SQL = {
  ofUser: `SELECT id, created_at AS createdAt, coalesce(used_at, created_at) AS lastUsedAt, user_agent AS userAgent
    FROM logins WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ?
    ORDER BY coalesce(used_at, created_at) DESC, id`,
  surplus: `SELECT id FROM logins WHERE user_id = ? AND revoked_at IS NULL
    ORDER BY coalesce(used_at, created_at) DESC LIMIT -1 OFFSET ${LOGINS_PER_USER}`,
  revoke: 'UPDATE logins SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
  revokeAll: 'UPDATE logins SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL RETURNING id',
  addToken: `INSERT INTO refresh_tokens (hash, login_id, expires_at)
    SELECT :hash, id, :expiresAt FROM logins WHERE id = :loginId AND revoked_at IS NULL`,
} as const;

/** Returns a function that creates a login with its first refresh token, for use in a transaction. */
export function beginLogin(database: Connection) {
  const insertLogin = database.prepare<
    [{ id: string; userId: string; now: number; expiresAt: number; userAgent: string | null }]
  >(
    `INSERT INTO logins (id, user_id, created_at, expires_at, user_agent)
     VALUES (:id, :userId, :now, :expiresAt, :userAgent)`,
  );
  const insertToken = database.prepare<[NewRefreshToken]>(LOGIN_SQL.addToken);
  return (userId: UserId, at: number, token: FirstRefreshToken): void => {
    const { loginId: id, expiresAt, userAgent = null } = token;
    insertLogin.run({ id, userId, now: at, expiresAt, userAgent });
    insertToken.run(token);
  };
}

/**
 * Returns a function that adds a token to a login, for use in a transaction. It returns false, and adds nothing, if the login
 * holds no more.
 */
export function addToken(database: Connection) {
  const insertToken = database.prepare<[NewRefreshToken]>(LOGIN_SQL.addToken);
  const prolong = database.prepare<[number, string]>('UPDATE logins SET expires_at = ? WHERE id = ?');
  const forgetOldest = database.prepare<[string]>(
    `DELETE FROM refresh_tokens WHERE hash IN (
       SELECT hash FROM refresh_tokens WHERE login_id = ? ORDER BY expires_at DESC LIMIT -1 OFFSET ${TOKENS_PER_LOGIN})`,
  );
  return (next: NewRefreshToken): boolean => {
    if (insertToken.run(next).changes === 0) return false;
    prolong.run(next.expiresAt, next.loginId);
    forgetOldest.run(next.loginId);
    return true;
  };
}

/** Logins and their refresh tokens [TK5]; expiry.ts removes them. */
export function createLoginStore(database: Connection, { now, durably }: Batch) {
  const findLogin = database.prepare<[string], LoginRow>(
    'SELECT id, user_id AS userId, revoked_at AS revokedAt FROM logins WHERE id = ?',
  );
  const findToken = database.prepare<[Buffer], RefreshTokenRow>(
    `SELECT logins.id, logins.user_id AS userId, logins.revoked_at AS revokedAt,
       refresh_tokens.expires_at AS expiresAt, refresh_tokens.used_at AS usedAt
     FROM refresh_tokens JOIN logins ON logins.id = refresh_tokens.login_id WHERE hash = ?`,
  );
  const isUnused = database
    .prepare<[Buffer], 1>('SELECT 1 FROM refresh_tokens WHERE hash = ? AND used_at IS NULL')
    .pluck();
  const markUsed = database.prepare<[number, Buffer]>('UPDATE refresh_tokens SET used_at = ? WHERE hash = ?');
  const markLoginUsed = database.prepare<[number, string]>('UPDATE logins SET used_at = ? WHERE id = ?');
  const revoke = database.prepare<[number, string]>(LOGIN_SQL.revoke);
  const revokeAll = database.prepare<[number, string], string>(LOGIN_SQL.revokeAll).pluck();
  const surplus = database.prepare<[string], string>(LOGIN_SQL.surplus).pluck();
  const ofUser = database.prepare<[string, number], HeldLogin>(LOGIN_SQL.ofUser);
  // Without an index, because this runs only once, at start.
  const revokedSince = database.prepare<[number, number], RevokedLogin>(
    `SELECT id, revokedAt FROM (
       SELECT id, revoked_at AS revokedAt FROM logins WHERE revoked_at > ? ORDER BY revoked_at DESC LIMIT ?)
     ORDER BY revokedAt`,
  );

  const insert = beginLogin(database);
  const insertToken = addToken(database);
  const begin = database.transaction((userId: UserId, at: number, token: FirstRefreshToken): string[] => {
    insert(userId, at, token);
    const over = surplus.all(userId);
    for (const id of over) revoke.run(at, id);
    return over;
  });
  const add = database.transaction((next: NewRefreshToken, at: number): boolean => {
    if (!insertToken(next)) return false;
    markLoginUsed.run(at, next.loginId);
    return true;
  });
  const rotate = database.transaction((used: Buffer, at: number, next: NewRefreshToken): boolean => {
    if (isUnused.get(used) === undefined || !add(next, at)) return false;
    markUsed.run(at, used);
    return true;
  });

  return {
    begin: now(begin),
    find: (id: string): LoginRow | undefined => findLogin.get(id),
    findToken: (hash: Buffer): RefreshTokenRow | undefined => findToken.get(hash),
    rotate: now(rotate),
    add: now(add),
    revoke: durably((id: string, at: number): boolean => revoke.run(at, id).changes === 1),
    revokeAll: durably((userId: UserId, at: number): string[] => revokeAll.all(at, userId)),
    ofUser: (userId: UserId, at: number): HeldLogin[] => ofUser.all(userId, at),
    revokedSince: (since: number, max: number): RevokedLogin[] => revokedSince.all(since, max),
  } satisfies LoginStore;
}
