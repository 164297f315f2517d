import type { UserId } from '../../domain/ids.ts';
import {
  type LoginRow,
  type LoginStore,
  type NewRefreshToken,
  type RefreshTokenRow,
  type RevokedLogin,
  TOKENS_PER_LOGIN,
} from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

const INSERT_TOKEN =
  'INSERT INTO refresh_tokens (hash, login_id, expires_at) VALUES (:hash, :loginId, :expiresAt)';

/** Returns `LoginStore.begin`, for use in a transaction. */
export function beginLogin(database: Connection) {
  const insertLogin = database.prepare<[{ id: string; userId: string; now: number; expiresAt: number }]>(
    'INSERT INTO logins (id, user_id, created_at, expires_at) VALUES (:id, :userId, :now, :expiresAt)',
  );
  const insertToken = database.prepare<[NewRefreshToken]>(INSERT_TOKEN);
  return (userId: UserId, at: number, token: NewRefreshToken): void => {
    insertLogin.run({ id: token.loginId, userId, now: at, expiresAt: token.expiresAt });
    insertToken.run(token);
  };
}

/** Returns `LoginStore.add`, for use in a transaction. */
export function addToken(database: Connection) {
  const insertToken = database.prepare<[NewRefreshToken]>(INSERT_TOKEN);
  const prolong = database.prepare<[number, string]>('UPDATE logins SET expires_at = ? WHERE id = ?');
  const forgetOldest = database.prepare<[string]>(
    `DELETE FROM refresh_tokens WHERE hash IN (
       SELECT hash FROM refresh_tokens WHERE login_id = ? ORDER BY expires_at DESC LIMIT -1 OFFSET ${TOKENS_PER_LOGIN})`,
  );
  return (next: NewRefreshToken): void => {
    insertToken.run(next);
    prolong.run(next.expiresAt, next.loginId);
    forgetOldest.run(next.loginId);
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
  const markUsed = database.prepare<[number, Buffer]>(
    'UPDATE refresh_tokens SET used_at = ? WHERE hash = ? AND used_at IS NULL',
  );
  const revoke = database.prepare<[number, string]>(
    'UPDATE logins SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
  );
  // Without an index, because this runs only once, at start.
  const revokedSince = database.prepare<[number, number], RevokedLogin>(
    `SELECT id, revokedAt FROM (
       SELECT id, revoked_at AS revokedAt FROM logins WHERE revoked_at > ? ORDER BY revoked_at DESC LIMIT ?)
     ORDER BY revokedAt`,
  );

  const begin = database.transaction(beginLogin(database));
  const add = database.transaction(addToken(database));
  const rotate = database.transaction((used: Buffer, at: number, next: NewRefreshToken) => {
    if (markUsed.run(at, used).changes === 0) return false;
    add(next);
    return true;
  });

  return {
    begin: now(begin),
    find: (id: string): LoginRow | undefined => findLogin.get(id),
    findToken: (hash: Buffer): RefreshTokenRow | undefined => findToken.get(hash),
    rotate: now(rotate),
    add: now(add),
    revoke: durably((id: string, at: number): boolean => revoke.run(at, id).changes === 1),
    revokedSince: (since: number, max: number): RevokedLogin[] => revokedSince.all(since, max),
  } satisfies LoginStore;
}
