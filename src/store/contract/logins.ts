import type { UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';

export interface LoginRow {
  readonly id: string;
  readonly userId: UserId;
  /** Null while the login holds. */
  readonly revokedAt: number | null;
}

export interface NewRefreshToken {
  /** SHA-256 of the token: 32 bytes. */
  readonly hash: Buffer;
  readonly loginId: string;
  readonly expiresAt: number;
}

/** The first refresh token of a login. */
export interface FirstRefreshToken extends NewRefreshToken {
  /** What the client calls itself. Default: null, if it doesn't say. */
  readonly userAgent?: string | null;
}

/** A refresh token, with its login. */
export interface RefreshTokenRow extends LoginRow {
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

/** A login that is neither revoked nor expired. */
export interface HeldLogin {
  readonly id: string;
  readonly createdAt: number;
  /** The last refresh; before the first one, the sign-in. */
  readonly lastUsedAt: number;
  readonly userAgent: string | null;
}

export interface RevokedLogin {
  readonly id: string;
  readonly revokedAt: number;
}

/** Logins and their refresh tokens [TK5]. A login's row outlives its last access token. */
export interface LoginStore {
  /**
   * Creates a login with its first refresh token. Revokes the user's logins over `LOGINS_PER_USER`, those that weren't used
   * for longest, and returns their ids.
   */
  begin(userId: UserId, at: number, token: FirstRefreshToken): Awaitable<readonly string[]>;
  find(id: string): Awaitable<LoginRow | undefined>;
  findToken(hash: Buffer): Awaitable<RefreshTokenRow | undefined>;
  /**
   * Marks one token, and so its login, as used, and adds the next. Returns false, and changes nothing, if the token was used
   * before or its login holds no more.
   */
  rotate(used: Buffer, at: number, next: NewRefreshToken): Awaitable<boolean>;
  /**
   * Adds a token to a login that was used, and lives as long as the token now; beyond `TOKENS_PER_LOGIN` the oldest are
   * deleted. Returns false, and adds nothing, if the login holds no more.
   */
  add(next: NewRefreshToken, at: number): Awaitable<boolean>;
  /** Durable. Returns false if there is no such login, or it was revoked before. */
  revoke(id: string, at: number): Awaitable<boolean>;
  /** Durable. Revokes all logins of a user that hold, and returns their ids. */
  revokeAll(userId: UserId, at: number): Awaitable<readonly string[]>;
  /** The user's logins that hold at `now`, the last used first. */
  ofUser(userId: UserId, now: number): Awaitable<readonly HeldLogin[]>;
  /** Logins revoked after `since`, at most `max`: the latest, oldest first. */
  revokedSince(since: number, max: number): Awaitable<readonly RevokedLogin[]>;
}
