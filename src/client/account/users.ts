import type { Account, ListedUser, UserPage, UserQuery } from '../account-types.ts';
import { withToken } from '../http.ts';
import type { WaitOptions } from '../peer-types.ts';
import { requestUser, requestUsers } from './requests.ts';

/** The server's users. */
export interface Users {
  /**
   * Resolves with a page of registered and external users.
   * @throws ParleyClientError `forbidden` for guests; `validation_failed`, `unauthorized`, `network`, `timeout`
   * @example
   * const { items, nextCursor } = await users.list(account, { q: 'ad', limit: 20 });
   */
  list(account: Account, query?: UserQuery, options?: WaitOptions): Promise<UserPage>;
  /**
   * Resolves with a user's public profile.
   * @throws ParleyClientError `user_not_found`; `forbidden` for guests; `unauthorized`, `network`, `timeout`
   * @example
   * const { displayName, status } = await users.get(account, peer.userId);
   */
  get(account: Account, id: string, options?: WaitOptions): Promise<ListedUser>;
}

/**
 * Finds other users of the server.
 * @example
 * for (const { displayName } of (await users.list(account)).items) console.log(displayName);
 */
export const users: Users = Object.freeze({
  list: (account: Account, query: UserQuery = {}, { signal }: WaitOptions = {}) =>
    withToken(account, (token) => requestUsers(account.baseUrl, token, query), signal),
  get: (account: Account, id: string, { signal }: WaitOptions = {}) =>
    withToken(account, (token) => requestUser(account.baseUrl, token, id), signal),
});
