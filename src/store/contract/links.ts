import type { UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';

/** Links that an admin gives out. Only the SHA-256 of their secrets is stored: 32 bytes. */

export interface NewResetLink {
  readonly hash: Buffer;
  readonly userId: UserId;
  readonly expiresAt: number;
}

/** What a used reset link has done. */
export interface PasswordReset {
  readonly userId: UserId;
  readonly revokedLogins: readonly string[];
}

/** Links by which a user sets a new password, each once. */
export interface ResetLinkStore {
  /** Durable. Stores a link, and deletes the older ones of its user. Returns false, storing nothing, if the user is gone. */
  replace(link: NewResetLink): Awaitable<boolean>;
  /** The user of a link that hasn't expired at `now`. */
  find(hash: Buffer, now: number): Awaitable<UserId | undefined>;
  /**
   * Durable. Uses up a link that hasn't expired at `now`: sets the password, deletes all links of the user, and revokes
   * all logins. Returns undefined, and changes nothing, if there is no such link.
   */
  use(hash: Buffer, passwordHash: string, now: number): Awaitable<PasswordReset | undefined>;
}

export interface RegistrationInviteRow {
  readonly id: string;
  /** How often it may be used; null: without limit. */
  readonly uses: number | null;
  /** How often it was used. */
  readonly used: number;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
}

export type NewRegistrationInvite = Omit<RegistrationInviteRow, 'used'> & { readonly hash: Buffer };

/** Invitations to register, for `REGISTRATION=invite`. */
export interface RegistrationInviteStore {
  /**
   * Durable. Returns false, and stores nothing, if `max` invitations can still be used. Those that can't be used any more
   * make room.
   */
  insert(invite: NewRegistrationInvite, max: number): Awaitable<boolean>;
  /** Those that haven't expired at `now`, used-up ones too, oldest first. */
  list(now: number): Awaitable<readonly RegistrationInviteRow[]>;
  /** Durable. Returns false if there is none with this id. */
  remove(id: string): Awaitable<boolean>;
}
