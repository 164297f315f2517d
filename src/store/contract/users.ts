import type { UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import type { UserKind, UserRole, UserStatus } from '../../protocol/fields.ts';

export interface UserRow {
  readonly id: UserId;
  readonly kind: UserKind;
  readonly username: string | null;
  readonly displayName: string | null;
  /** As it was written; compared ignoring case. */
  readonly email: string | null;
  /** The user's own word; others see `offline` while there is no session. */
  readonly status: UserStatus;
  readonly customStatus: string | null;
  readonly avatarUrl: string | null;
  readonly bio: string | null;
  readonly role: UserRole | null;
  readonly createdAt: number;
}

export type NewUser = Pick<UserRow, 'id' | 'kind' | 'username' | 'displayName' | 'createdAt'>;

export interface UserStore {
  /** Returns false if the id or the username, ignoring case, is taken. */
  insert(user: NewUser): Awaitable<boolean>;
  /**
   * Soon, for a user that the next token brings again. Returns true while the database is locked, as if the row were
   * stored.
   */
  insertSoon(user: NewUser): Awaitable<boolean>;
  find(id: string): Awaitable<UserRow | undefined>;
  /**
   * Changes what a user says of itself, unless `isExpected` returns false for the user as it is then: the check and the
   * change are one transaction.
   */
  edit(
    id: string,
    change: ProfileChange,
    isExpected: (user: UserRow) => boolean,
  ): Awaitable<Edited | 'unexpected' | 'username_taken' | undefined>;
  /** @param customStatus undefined to leave it as it is. @returns undefined if there is no such user */
  setStatus(
    id: string,
    status: UserStatus,
    customStatus: string | null | undefined,
  ): Awaitable<Edited | undefined>;
  /** Soon. Takes over the names that aren't null; a username only if it is free. */
  takeNamesSoon(id: UserId, names: Pick<UserRow, 'username' | 'displayName'>): Awaitable<void>;
}

/** Fields that aren't undefined are set. */
export type ProfileChange = {
  readonly [Field in 'username' | 'displayName' | 'bio' | 'avatarUrl']?: UserRow[Field] | undefined;
};

/** The same object twice if nothing changed. */
export interface Edited {
  readonly before: UserRow;
  readonly after: UserRow;
}

/** A place in a list of users, after which its next page begins. */
export interface UserListPlace {
  /** The list has the users found by name first, then those found by username alone. */
  readonly foundBy: 'name' | 'username';
  /** Without case. */
  readonly name: string;
  readonly id: string;
}

export interface UserListRequest {
  /** What the display name or the username begins with, ignoring case; '' for all users. */
  readonly prefix: string;
  /** Null for the first page. */
  readonly after: UserListPlace | null;
  /** Max users on the page. */
  readonly limit: number;
}

export interface UserListPage {
  readonly users: readonly UserRow[];
  /** Null on the last page. */
  readonly next: UserListPlace | null;
}

/** Lists of registered and external users [HT4]. A page costs the same whatever the number of users. */
export interface UserListStore {
  /**
   * By the display name, or the username of users without one; then by id. A user is on one page, unless renamed between
   * two pages. A page that isn't the last may have fewer than `limit` users, even none.
   */
  page(request: UserListRequest): Awaitable<UserListPage>;
}
