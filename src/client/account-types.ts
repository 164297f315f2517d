import type { FullUser } from '../protocol/bodies.ts';
import type { User, UserStatus } from '../protocol/fields.ts';
import type { ParleyClientError } from './errors.ts';
import type { On, WaitOptions } from './peer-types.ts';

/**
 * Where an account is kept between visits. Tabs that share it share the login, so pass `localStorage`: a browser copies
 * `sessionStorage` when a tab is duplicated, and two copies of one login end each other.
 */
export type AccountStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Where the server is. */
export interface ServerOptions {
  /** The server's origin, such as `https://calls.example.org`; default: the page's own. */
  readonly baseUrl?: string | undefined;
}

/** Where the server is, and where to keep the account. */
export interface AccountOptions extends ServerOptions {
  /**
   * Keeps the login under the key `parley.account` (an account at a second server: the key and its origin); default: the
   * login ends with the page.
   */
  readonly storage?: AccountStorage | undefined;
}

interface Names {
  /** 1 to `LIMITS.displayName.max` characters. */
  readonly displayName?: string | undefined;
  /** `LIMITS.username.min` to `max` characters of `[A-Za-z0-9_-]`, unique on the server. */
  readonly username?: string | undefined;
}

/** Who the new guest is. */
export interface GuestOptions extends AccountOptions, Names, WaitOptions {}

/** With what somebody signs in. */
export interface SignInOptions extends AccountOptions, WaitOptions {
  readonly email: string;
  readonly password: string;
}

/** Who registers. */
export interface RegisterOptions extends SignInOptions, Names {
  /** The secret of an invitation link, for servers with `REGISTRATION=invite`. */
  readonly invite?: string | undefined;
  /**
   * The guest who becomes registered, and keeps id, rooms and open sessions; `baseUrl` and `storage` are the guest's then.
   * Default: a new user.
   */
  readonly guest?: Account | undefined;
}

/** Who becomes the server's first admin. */
export interface SetUpOptions extends SignInOptions, Names {
  /** What follows `#token=` in the link that the server prints at its start. */
  readonly token: string;
}

/** A new password for somebody who has forgotten theirs. */
export interface ResetOptions extends ServerOptions, WaitOptions {
  /** What follows `#token=` in the link that an admin has made. */
  readonly token: string;
  readonly password: string;
}

/** Where to come back to after signing in at the OpenID provider. */
export interface OidcOptions extends ServerOptions {
  /** Comes back to this room's page; default: the server's home page. */
  readonly roomId?: string | undefined;
}

/** A user as the user itself and admins see it: with `email` and `role`. */
export type AccountUser = FullUser;

/** What `account.update` changes; null clears a field, and what isn't named stays. */
export interface ProfileChange {
  /** `LIMITS.username.min` to `max` characters of `[A-Za-z0-9_-]`, unique on the server. */
  readonly username?: string | null | undefined;
  /** 1 to `LIMITS.displayName.max` characters. */
  readonly displayName?: string | null | undefined;
  /** Up to `LIMITS.bio.max` characters, with line breaks. */
  readonly bio?: string | null | undefined;
  /** An https URL. */
  readonly avatarUrl?: string | null | undefined;
}

/** A place where the user is signed in. Times are ISO 8601. */
export interface AccountLogin {
  readonly id: string;
  readonly createdAt: string;
  /** When the login last got a new access token. */
  readonly lastUsedAt: string;
  /** The browser's `User-Agent` header; null if it sent none. */
  readonly userAgent: string | null;
  /** Whether this is the login of the account that asks. */
  readonly current: boolean;
}

/** Where a user is signed in. */
export interface AccountLogins {
  /**
   * Resolves with all logins of the user, this one included.
   * @throws ParleyClientError `unauthorized`, `network`, `timeout`
   * @example
   * for (const { userAgent, lastUsedAt, current } of await account.logins.list()) {
   *   console.log(current ? 'here' : userAgent, lastUsedAt);
   * }
   */
  list(options?: WaitOptions): Promise<readonly AccountLogin[]>;
  /**
   * Signs the user out there: its sessions close. If it is this login, the account has `ended`.
   * @throws ParleyClientError `not_found` if the user has no such login; `unauthorized`, `network`, `timeout`
   * @example
   * await account.logins.end(login.id);
   */
  end(id: string, options?: WaitOptions): Promise<void>;
  /**
   * Signs the user out everywhere, here too: the account has `ended`.
   * @throws ParleyClientError `unauthorized`, `network`, `timeout`
   * @example
   * await account.logins.endAll();
   */
  endAll(options?: WaitOptions): Promise<void>;
}

/** What `account.on` reports: each event with its arguments. */
export type AccountEvents = {
  /** `account.user` has changed, here or in another tab; a guest who registers becomes `kind: 'registered'`. */
  changed: [user: AccountUser];
  /**
   * The account can't be used any more: it was signed out or deleted, here or elsewhere, or another account took its
   * place in the storage, which `restoreAccount` returns. `error` is what `token()` rejects with from now on.
   */
  ended: [error: ParleyClientError];
};

/** Whom a request is made for: an account, or whoever your own tokens are for. */
export type Acting = Pick<Account, 'baseUrl' | 'token'>;

/** A signed-in user. */
export interface Account {
  /** The server's origin, without a slash at the end. */
  readonly baseUrl: string;
  /** As the server last told; `changed` tells of changes. */
  readonly user: AccountUser;
  /** Where the user is signed in. */
  readonly logins: AccountLogins;
  /**
   * Calls a listener for each event; returns a function that removes it.
   * @example
   * account.on('changed', ({ displayName }) => title.replaceChildren(displayName ?? ''));
   * account.on('ended', () => location.assign('/'));
   */
  readonly on: On<AccountEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<AccountEvents>;
  /**
   * Resolves with an access token that is valid for at least another 90 seconds, after a refresh if necessary.
   * @param fresh refreshes in any case
   * @throws ParleyClientError `unauthorized` or `refresh_token_reused` if the login has ended; `rate_limited`,
   *   `network`, `timeout` pass
   * @example
   * const client = await connect({ token: account.token });
   */
  token(fresh?: boolean, options?: WaitOptions): Promise<string>;
  /**
   * Ends the login on the server, if it can be reached, and forgets it here and in the other tabs. Never rejects.
   * @example
   * await account.signOut();
   */
  signOut(): Promise<void>;
  /**
   * Changes the profile; resolves with the user as it is now.
   * @throws ParleyClientError `validation_failed` (its `errors` name the fields), `username_taken`, `unauthorized`,
   *   `network`, `timeout`
   * @example
   * await account.update({ displayName: 'Ada', bio: null });
   */
  update(change: ProfileChange, options?: WaitOptions): Promise<AccountUser>;
  /**
   * Says how the user is; resolves with the user as it is now. Without a session the user is `offline` all the same.
   * @param status `offline` hides the user
   * @param customStatus up to `LIMITS.customStatus.max` characters; null clears it; default: it stays
   * @throws ParleyClientError `validation_failed`, `unauthorized`, `network`, `timeout`
   * @example
   * await account.setStatus('dnd', 'writing');
   */
  setStatus(status: UserStatus, customStatus?: string | null, options?: WaitOptions): Promise<AccountUser>;
  /**
   * Changes the password; every other login of the user ends.
   * @param current the password until now
   * @param next `LIMITS.password.min` to `max` characters
   * @throws ParleyClientError `wrong_password`; `forbidden` if the account has no password; `validation_failed`,
   *   `rate_limited`, `unauthorized`, `network`, `timeout`
   * @example
   * await account.changePassword(current.value, next.value);
   */
  changePassword(current: string, next: string, options?: WaitOptions): Promise<void>;
  /**
   * Deletes the user with its rooms, on the server and here: the account has `ended`.
   * @param password needed if the account has one
   * @throws ParleyClientError `wrong_password`, `validation_failed`, `rate_limited`, `unauthorized`, `network`, `timeout`
   * @example
   * await account.remove(password.value);
   */
  remove(password?: string, options?: WaitOptions): Promise<void>;
}

/** Which users `users.list` resolves with. */
export interface UserQuery {
  /** The beginning of a username or display name, case ignored; default: all. */
  readonly q?: string | undefined;
  /** The `nextCursor` of the page before; default: the first page. */
  readonly after?: string | undefined;
  /** Users in a page: 1–100, default 50. */
  readonly limit?: number | undefined;
}

/** A user as others see it; with `email` and `role` if an admin or the user itself asks. */
export interface ListedUser extends User, Partial<Pick<FullUser, 'email' | 'role'>> {}

/** A page of users. */
export interface UserPage {
  readonly items: readonly ListedUser[];
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null;
}

/** A user's status, as `client.on('status')` reports it. */
export interface StatusChange {
  readonly userId: string;
  readonly status: UserStatus;
  /** In the user's own words. */
  readonly customStatus: string | null;
}
