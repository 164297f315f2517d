import type { FullUser, TokensReply } from '../../protocol/bodies.ts';
import type { UserStatus } from '../../protocol/fields.ts';
import type { Account, AccountLogins, ProfileChange } from '../account-types.ts';
import { ParleyClientError } from '../errors.ts';
import { withToken } from '../http.ts';
import type { WaitOptions } from '../peer-types.ts';
import { unlessAborted } from '../unless-aborted.ts';
import {
  requestEndOfLogin,
  requestEndOfLogins,
  requestLogins,
  requestLogout,
  requestPassword,
  requestRefresh,
  requestRemoval,
  requestStatus,
  requestUpdate,
} from './requests.ts';
import type { SharedLogin } from './shared-login.ts';

/** What a signed-in user can do with the account; the login under it keeps the tokens. */
export class OwnAccount implements Account {
  readonly baseUrl: string;
  readonly token: Account['token'];
  readonly on: Account['on'];
  readonly once: Account['once'];
  readonly logins: AccountLogins;
  readonly #login: SharedLogin;

  constructor(login: SharedLogin) {
    this.#login = login;
    this.baseUrl = login.baseUrl;
    this.token = login.token;
    this.on = login.on;
    this.once = login.once;
    this.logins = Object.freeze({
      list: ({ signal }: WaitOptions = {}) =>
        withToken(this, (token) => requestLogins(this.baseUrl, token), signal),
      end: (id: string, { signal }: WaitOptions = {}) => unlessAborted(signal, () => this.#endLogin(id)),
      endAll: ({ signal }: WaitOptions = {}) => unlessAborted(signal, () => this.#endLogins()),
    });
  }

  get user(): FullUser {
    return this.#login.user;
  }

  async signOut(): Promise<void> {
    const last = this.#login.end();
    if (last === undefined) return;
    try {
      await requestLogout(this.baseUrl, last.accessToken).catch(async (error) => {
        if (!(error instanceof ParleyClientError) || error.code !== 'unauthorized') throw error;
        const { accessToken } = await requestRefresh(this.baseUrl, last.refreshToken);
        await requestLogout(this.baseUrl, accessToken);
      });
    } catch {
      // The server can't be reached, or the login had ended there before.
    }
  }

  update(change: ProfileChange, { signal }: WaitOptions = {}): Promise<FullUser> {
    return this.#changeUser((token) => requestUpdate(this.baseUrl, token, this.user.id, change), signal);
  }

  setStatus(
    status: UserStatus,
    customStatus?: string | null,
    { signal }: WaitOptions = {},
  ): Promise<FullUser> {
    return this.#changeUser(
      (token) => requestStatus(this.baseUrl, token, this.user.id, { status, customStatus }),
      signal,
    );
  }

  changePassword(current: string, next: string, { signal }: WaitOptions = {}): Promise<void> {
    return withToken(this, (token) => requestPassword(this.baseUrl, token, { current, new: next }), signal);
  }

  remove(password?: string, { signal }: WaitOptions = {}): Promise<void> {
    return unlessAborted(signal, async () => {
      await withToken(this, (token) => requestRemoval(this.baseUrl, token, this.user.id, { password }));
      this.#login.end();
    });
  }

  /** For a guest who registers. @param request is answered with new tokens of the same login [AC1] */
  async becomeRegistered(request: (token: string) => Promise<TokensReply>): Promise<void> {
    try {
      await withToken(this, (token) =>
        this.#login.exclusively(async () => this.#login.keep(await request(token))),
      );
    } catch (error) {
      // The reply to an earlier try may have been lost: a refresh brings the user as it is.
      if (error instanceof ParleyClientError && error.code === 'already_registered')
        await this.token(true).catch(() => {});
      throw error;
    }
  }

  /** Under the lock, so that another tab's refresh doesn't store the user as it was before. */
  #changeUser(request: (token: string) => Promise<FullUser>, signal?: AbortSignal): Promise<FullUser> {
    const change = (token: string): Promise<FullUser> =>
      this.#login.exclusively(async () => {
        const user = await request(token);
        this.#login.keepUser(user);
        return user;
      });
    return withToken(this, change, signal);
  }

  async #endLogin(id: string): Promise<void> {
    const own = (await this.logins.list()).find(({ current }) => current);
    await withToken(this, (token) => requestEndOfLogin(this.baseUrl, token, id));
    if (own?.id === id) this.#login.end();
  }

  async #endLogins(): Promise<void> {
    await withToken(this, (token) => requestEndOfLogins(this.baseUrl, token));
    this.#login.end();
  }
}
