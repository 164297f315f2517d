import type { FullUser, TokensReply } from '../../protocol/bodies.ts';
import type { AccountEvents, AccountStorage } from '../account-types.ts';
import { ParleyClientError } from '../errors.ts';
import type { On, WaitOptions } from '../peer-types.ts';
import { isFinal } from '../signaling/after-close.ts';
import { Emitter, onceOf } from '../signaling/emitter.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { exclusively } from './exclusively.ts';
import { LoginStore } from './login-store.ts';
import { requestRefresh } from './requests.ts';
import { loginOf, type SavedLogin } from './saved-login.ts';
import type { Tab } from './tab.ts';

/** Min remaining life (ms) of a token that is handed out: longer than the server's warning before its end [SE6]. */
const MIN_LIFE_MS = 90_000;
/** Milliseconds before a failed refresh is tried once more. */
const SECOND_TRY_MS = 1_000;

/** Where a login comes from, and who else has it. */
interface SharedLoginDeps {
  readonly baseUrl: string;
  readonly storage: AccountStorage | undefined;
  readonly tab: Tab;
}

/** Why a login can't be used any more. `isReplaced`: another account took its place in the storage. */
interface Over {
  readonly error: ParleyClientError;
  readonly isReplaced: boolean;
}

/**
 * A login that other tabs use too. A refresh token works once, and its reuse ends the login [TK5]. So a tab refreshes under a
 * lock, and looks first whether another tab has stored a newer token.
 */
export class SharedLogin {
  readonly baseUrl: string;
  readonly #store: LoginStore;
  readonly #tab: Tab;
  readonly #emitter = new Emitter<AccountEvents>();
  #login: SavedLogin;
  /** Whether the storage has the login, which is over if it disappears from there. */
  #isStored: boolean;
  #refreshing: Promise<string> | undefined;
  #over: Over | undefined;
  #stopWatching: (() => void) | undefined;

  /** Takes up the login of the storage; null if it has none. */
  static restore(deps: SharedLoginDeps): SharedLogin | null {
    const login = new LoginStore(deps.storage, deps.baseUrl).load() ?? null;
    return login && new SharedLogin(login, true, deps);
  }

  /** Begins with the reply to a sign-in, and stores it. */
  static begin(reply: TokensReply, deps: SharedLoginDeps): SharedLogin {
    const login = loginOf(reply, deps.baseUrl, deps.tab.clock.now());
    return new SharedLogin(login, new LoginStore(deps.storage, deps.baseUrl).save(login), deps);
  }

  private constructor(login: SavedLogin, isStored: boolean, { baseUrl, storage, tab }: SharedLoginDeps) {
    this.baseUrl = baseUrl;
    this.#store = new LoginStore(storage, baseUrl);
    this.#tab = tab;
    this.#login = login;
    this.#isStored = isStored;
  }

  get user(): FullUser {
    return this.#login.user;
  }

  readonly on: On<AccountEvents> = (event, listener, options) => {
    const { storage } = this.#store;
    if (storage !== undefined && this.#over === undefined) {
      this.#stopWatching ??= this.#tab.onStorage(storage, () => this.sync());
    }
    return this.#emitter.on(event, listener, options);
  };

  readonly once: On<AccountEvents> = onceOf(this.on);

  // An arrow function, so that `connect({ token: account.token })` works.
  readonly token = (fresh = false, { signal }: WaitOptions = {}): Promise<string> =>
    unlessAborted(signal, () => this.#token(fresh));

  /** Runs a request whose reply changes what is stored, one at a time across all tabs. */
  exclusively<Value>(run: () => Promise<Value>): Promise<Value> {
    return exclusively(this.#tab, this.#store.storage, run);
  }

  /** Takes up new tokens of this user, unless the account was signed out while the request was under way. */
  keep(reply: TokensReply): void {
    this.sync();
    if (this.#over === undefined) this.#write(loginOf(reply, this.baseUrl, this.#tab.clock.now()));
  }

  /** Takes up a change of this user. */
  keepUser(user: FullUser): void {
    this.sync();
    if (this.#over === undefined) this.#write({ ...this.#login, user });
  }

  /** Takes up what another tab has stored, or learns from it that the login is over. */
  sync(): void {
    if (!this.#isStored || this.#over !== undefined) return;
    const stored = this.#store.load();
    if (stored === undefined) return;
    if (stored === null) this.#finish({ error: signedOut(), isReplaced: false });
    else if (stored.user.id !== this.user.id) this.#finish({ error: replaced(), isReplaced: true });
    else this.#adopt(stored);
  }

  /** Ends the login here and in the other tabs. Returns its last tokens, undefined if it was over before. */
  end(error: ParleyClientError = signedOut()): SavedLogin | undefined {
    this.sync();
    if (this.#over?.isReplaced === false) return undefined;
    if (this.#over === undefined) this.#store.remove(this.user.id);
    this.#finish({ error, isReplaced: false });
    return this.#login;
  }

  async #token(fresh: boolean): Promise<string> {
    const { refreshToken } = this.#login;
    this.sync();
    const isRenewed = this.#login.refreshToken !== refreshToken;
    // A sign-in as somebody else, in another tab, ends no call: its tokens work until they expire.
    const isUsable = this.#over === undefined || this.#over.isReplaced;
    if (isUsable && (!fresh || isRenewed) && this.#isFresh()) return this.#login.accessToken;
    this.#refuseIfOver();
    const used = this.#login.refreshToken;
    this.#refreshing ??= this.exclusively(() => this.#refresh(used)).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * Tries twice. If only the reply was lost, the server has used the token up: it accepts it again for 30 s [TK5], and after
   * that its reuse ends the login. So the second try comes now, not when a token is next needed.
   * @param used the refresh token of the access token that won't do
   */
  async #refresh(used: string): Promise<string> {
    for (let isSecondTry = false; ; isSecondTry = true) {
      this.sync();
      this.#refuseIfOver();
      const { refreshToken } = this.#login;
      if (refreshToken !== used && this.#isFresh()) return this.#login.accessToken;
      try {
        return this.#takeReply(await requestRefresh(this.baseUrl, refreshToken), refreshToken);
      } catch (error) {
        this.sync();
        this.#refuseIfOver();
        const isOvertaken = this.#login.refreshToken !== refreshToken;
        if (endsLogin(error) && !isOvertaken) this.end(error);
        if (isSecondTry || !(isOvertaken || isWorthASecondTry(error))) throw error;
        if (!isOvertaken) await new Promise<void>((resolve) => this.#tab.clock.after(SECOND_TRY_MS, resolve));
      }
    }
  }

  /** Returns the new access token, or that of another tab: without locks, it may have refreshed at the same time. */
  #takeReply(reply: TokensReply, refreshToken: string): string {
    this.sync();
    // Signed out while the request was under way: what is stored now belongs to nobody, or to somebody else.
    this.#refuseIfOver();
    if (this.#login.refreshToken === refreshToken) this.keep(reply);
    return this.#login.accessToken;
  }

  #refuseIfOver(): void {
    if (this.#over !== undefined) throw this.#over.error;
  }

  #isFresh(): boolean {
    return this.#login.expiresAt - this.#tab.clock.now() > MIN_LIFE_MS;
  }

  #write(login: SavedLogin): void {
    this.#isStored = this.#store.save(login);
    this.#adopt(login);
  }

  #adopt(login: SavedLogin): void {
    const isChanged = JSON.stringify(login.user) !== JSON.stringify(this.user);
    this.#login = login;
    if (isChanged) this.#emitter.emit('changed', login.user);
  }

  #finish(over: Over): void {
    const wasOver = this.#over !== undefined;
    this.#over = over;
    this.#stopWatching?.();
    if (!wasOver) this.#emitter.emit('ended', over.error);
  }
}

/** Whether the server's refusal of a refresh token is final. A proxy's 403 or 404, say, is not. */
function endsLogin(error: unknown): error is ParleyClientError {
  return (
    error instanceof ParleyClientError &&
    (error.code === 'unauthorized' || error.code === 'refresh_token_reused')
  );
}

function isWorthASecondTry(error: unknown): boolean {
  return !(isFinal(error) || (error instanceof ParleyClientError && error.code === 'rate_limited'));
}

function signedOut(): ParleyClientError {
  return new ParleyClientError('unauthorized', 'This account was signed out; sign in again.');
}

function replaced(): ParleyClientError {
  return new ParleyClientError(
    'unauthorized',
    'Another account was signed in, in another tab; restoreAccount() returns it.',
  );
}
