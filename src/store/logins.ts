import type { Database } from 'better-sqlite3';
import type { UserId } from '../lib/ids.ts';
import type { Batch } from './batch.ts';

export interface LoginRow {
  readonly id: string;
  readonly userId: UserId;
  /** Milliseconds since 1970; null while it holds. */
  readonly revokedAt: number | null;
}

export interface NewRefreshToken {
  /** SHA-256 of the token: 32 bytes. */
  readonly hash: Buffer;
  readonly loginId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface RefreshTokenRow extends LoginRow {
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

/** Logins and their refresh tokens [TK5]. */
export function createLoginStore(database: Database, { now }: Batch) {
  const insertLogin = database.prepare<[{ id: string; userId: string; now: number; expiresAt: number }]>(
    'INSERT INTO logins (id, user_id, created_at, expires_at) VALUES (:id, :userId, :now, :expiresAt)',
  );
  const insertToken = database.prepare<[NewRefreshToken]>(
    'INSERT INTO refresh_tokens (hash, login_id, expires_at) VALUES (:hash, :loginId, :expiresAt)',
  );
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
  const prolong = database.prepare<[number, string]>('UPDATE logins SET expires_at = ? WHERE id = ?');
  const revoke = database.prepare<[number, string]>(
    'UPDATE logins SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
  );
  const sweep = database.prepare<[{ expiredUntil: number; revokedUntil: number }]>(
    'DELETE FROM logins WHERE expires_at <= :expiredUntil OR revoked_at <= :revokedUntil',
  );

  const begin = database.transaction((userId: UserId, at: number, token: NewRefreshToken) => {
    insertLogin.run({ id: token.loginId, userId, now: at, expiresAt: token.expiresAt });
    insertToken.run(token);
  });
  const rotate = database.transaction((used: Buffer, at: number, next: NewRefreshToken) => {
    if (markUsed.run(at, used).changes === 0) return false;
    insertToken.run(next);
    prolong.run(next.expiresAt, next.loginId);
    return true;
  });

  return {
    /** A login with its first refresh token. */
    begin: now(begin),
    find: (id: string): LoginRow | undefined => findLogin.get(id),
    findToken: (hash: Buffer): RefreshTokenRow | undefined => findToken.get(hash),
    /** Uses one token up and adds the next. @returns false when it was used already; then nothing is added */
    rotate: now(rotate),
    /** @returns false when there is no such login, or it was revoked already */
    revoke: now((id: string, at: number): boolean => revoke.run(at, id).changes === 1),
    /**
     * Removes logins, with their tokens, whose refresh tokens expired by `expiredUntil` or that were revoked by
     * `revokedUntil` (ms since 1970): late enough that none of their access tokens is alive.
     */
    sweep: now(
      (expiredUntil: number, revokedUntil: number): number =>
        sweep.run({ expiredUntil, revokedUntil }).changes,
    ),
  };
}
