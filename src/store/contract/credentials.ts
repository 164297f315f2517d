import type { UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import type { UserRole } from '../../protocol/fields.ts';
import type { FirstRefreshToken } from './logins.ts';

/** Who signs in with a password. */
export interface CredentialRow {
  readonly userId: UserId;
  /** See `accounts/email-key.ts`. */
  readonly emailKey: string;
  /** Null for a user who signs in another way. */
  readonly passwordHash: string | null;
}

/** What a user registers with, and the refresh token of the reply. */
export interface Registration {
  readonly userId: UserId;
  /** Whether the user exists: as a guest. */
  readonly isGuest: boolean;
  /** Null: none, or the guest's own. */
  readonly username: string | null;
  /** Null: none, or the guest's own. */
  readonly displayName: string | null;
  readonly email: string;
  readonly emailKey: string;
  readonly passwordHash: string;
  /** Null: none, or what the guest has. */
  readonly role: UserRole | null;
  /** Whether it is refused if there is an admin already. Default: false. */
  readonly onlyWithoutAdmin?: boolean;
  readonly at: number;
  /** SHA-256 of an invitation to use up; null if none is needed. */
  readonly invite: Buffer | null;
  /** A refresh token of a new login, or of the guest's. Null: nobody is signed in. */
  readonly token: FirstRefreshToken | null;
}

/** Why a registration was refused. `already_registered`: the user is no guest. */
export type RegistrationRefusal =
  | 'already_registered'
  | 'invite_required'
  | 'admin_exists'
  | 'email_taken'
  | 'username_taken';

export interface PasswordChange {
  readonly userId: UserId;
  /** The hash that the current password was compared with. */
  readonly from: string;
  readonly to: string;
  /** A login that holds; null to end all. */
  readonly keep: string | null;
  readonly at: number;
}

/** E-mail addresses and password hashes. */
export interface CredentialStore {
  findByEmail(emailKey: string): Awaitable<CredentialRow | undefined>;
  findByUser(userId: UserId): Awaitable<CredentialRow | undefined>;
  /** Whether an invitation can be used at this time. */
  isInvited(invite: Buffer, at: number): Awaitable<boolean>;
  /**
   * Durable. Creates a registered user with its first login, or makes a registered user of a guest, which keeps what it has.
   * Uses up the invitation. A refused registration changes nothing.
   * @throws ParleyError `unauthorized` if the guest is gone, or its login has ended
   */
  register(registration: Registration): Awaitable<'registered' | RegistrationRefusal>;
  /** Soon. Stores another hash of the same password, unless it has changed. */
  rehash(userId: UserId, from: string, to: string): Awaitable<void>;
  /**
   * Durable. Returns the ids of the logins that it ended; undefined, changing nothing, if the password isn't `from` any
   * more.
   */
  changePassword(change: PasswordChange): Awaitable<readonly string[] | undefined>;
}
