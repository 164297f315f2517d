import type { UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import type { UserRole } from '../../protocol/fields.ts';
import type { Edited } from './users.ts';

/** The users who run the server: those with the role `admin`. */
export interface AdminStore {
  /** Whether there is one. */
  exist(): Awaitable<boolean>;
  ids(): Awaitable<readonly UserId[]>;
  /**
   * Durable. Makes an admin of the user with this e-mail address, in the form in which they are compared.
   * @returns `before` if the user was one already; undefined if there is no such user
   */
  promote(emailKey: string): Awaitable<'promoted' | 'before' | undefined>;
  /**
   * Durable. Sets the role of a user. What it refuses changes nothing: a guest can't be an admin, and the last admin stays one.
   * @returns undefined if there is no such user
   */
  setRole(id: string, role: UserRole | null): Awaitable<Edited | 'guest' | 'last_admin' | undefined>;
}
