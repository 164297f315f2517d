import type { UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';

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
}
