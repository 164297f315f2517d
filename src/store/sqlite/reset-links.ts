import type { UserId } from '../../domain/ids.ts';
import type { NewResetLink, PasswordReset, ResetLinkStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

/** A test reads the query plans. */
export const RESET_SQL = {
  find: 'SELECT user_id FROM reset_links WHERE hash = ? AND expires_at > ?',
  removeAllOf: 'DELETE FROM reset_links WHERE user_id = ?',
  setPassword: 'UPDATE users SET password_hash = ? WHERE id = ?',
  revokeLogins: 'UPDATE logins SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL RETURNING id',
} as const;

/** Links by which a user sets a new password; expiry.ts removes those that nobody used. */
export function createResetLinkStore(database: Connection, { durably }: Batch) {
  const insert = database.prepare<[NewResetLink]>(
    `INSERT INTO reset_links (hash, user_id, expires_at)
     SELECT :hash, id, :expiresAt FROM users WHERE id = :userId`,
  );
  const find = database.prepare<[Buffer, number], UserId>(RESET_SQL.find).pluck();
  const removeAllOf = database.prepare<[UserId]>(RESET_SQL.removeAllOf);
  const setPassword = database.prepare<[string, UserId]>(RESET_SQL.setPassword);
  const revokeLogins = database.prepare<[number, UserId], string>(RESET_SQL.revokeLogins).pluck();

  const replace = database.transaction((link: NewResetLink): boolean => {
    removeAllOf.run(link.userId);
    return insert.run(link).changes === 1;
  });
  const use = database.transaction(
    (hash: Buffer, passwordHash: string, now: number): PasswordReset | undefined => {
      const userId = find.get(hash, now);
      if (userId === undefined) return undefined;
      removeAllOf.run(userId);
      setPassword.run(passwordHash, userId);
      return { userId, revokedLogins: revokeLogins.all(now, userId) };
    },
  );
  return {
    replace: durably(replace.immediate),
    find: (hash: Buffer, now: number): UserId | undefined => find.get(hash, now),
    use: durably(use.immediate),
  } satisfies ResetLinkStore;
}
