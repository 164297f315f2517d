import type { UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import type { UserRole } from '../../protocol/fields.ts';
import type { UserRow } from './users.ts';

/** Somebody who has signed in at an OpenID provider [TK6]. */
export interface OidcPerson {
  /** `iss` and `sub` together name the person for ever. */
  readonly issuer: string;
  readonly subject: string;
  /** Null: the provider named none; the user keeps what it has. The same for the next two. */
  readonly username: string | null;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  /** Null takes the role away. */
  readonly role: UserRole | null;
}

export interface OidcUser {
  readonly user: UserRow;
  /** Whether the sign-in changed a user who was there before. */
  readonly isChanged: boolean;
}

/** Users who sign in at an OpenID provider. */
export interface OidcUserStore {
  /**
   * Durable. Finds the person's user, or creates an external one, and stores what the provider says of it now. A username
   * that is taken is left out.
   * @param newId id of the user if it is new
   */
  signIn(person: OidcPerson, newId: UserId, at: number): Awaitable<OidcUser>;
}
