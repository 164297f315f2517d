import * as v from 'valibot';
import { FullUser, type TokensReply } from '../../protocol/bodies.ts';
import { ParleyClientError } from '../errors.ts';
import { originOf, requestGuest, requestLogout, requestRefresh } from '../http.ts';
import { isFinal } from '../signaling/after-close.ts';
import { browserClock } from '../signaling/clock.ts';
import type { Account, AccountOptions, AccountStorage, GuestOptions } from '../types.ts';

const KEY = 'parley.account';
/** Min remaining life (ms) of a token that is handed out: longer than the server's warning before its end [SE6]. */
const MIN_LIFE_MS = 90_000;

/** Milliseconds before a failed refresh is tried once more. */
const SECOND_TRY_MS = 1_000;

/** `expiresAt` is the access token's, in milliseconds since 1970. */
const Saved = v.object({
  user: v.object({
    ...FullUser.entries,
    // A page of an earlier version saved the login without these.
    customStatus: v.optional(FullUser.entries.customStatus, null),
    email: v.optional(FullUser.entries.email, null),
    role: v.optional(FullUser.entries.role, null),
  }),
  accessToken: v.string(),
  refreshToken: v.string(),
  expiresAt: v.number(),
});
type Saved = v.InferOutput<typeof Saved>;

/**
 * Creates a guest account and signs in.
 * @throws ParleyClientError `rate_limited`, `validation_failed`, `username_taken`, `network`, `timeout`
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * const account = restoreAccount({ storage: localStorage }) ?? (await signInAsGuest({ storage: localStorage }));
 */
export async function signInAsGuest(options: GuestOptions = {}): Promise<Account> {
  const baseUrl = originOf(options.baseUrl);
  const { displayName, username, storage } = options;
  const saved = save(await requestGuest(baseUrl, { displayName, username }), storage);
  return new Login(baseUrl, saved, storage);
}

/**
 * Returns the account that `storage` keeps, or null. If its login has ended on the server, `token()` rejects with
 * `unauthorized`.
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * const account = restoreAccount({ storage: localStorage }); // null on the first visit
 */
export function restoreAccount(options: AccountOptions): Account | null {
  const saved = load(options.storage);
  return saved === undefined ? null : new Login(originOf(options.baseUrl), saved, options.storage);
}

class Login implements Account {
  readonly baseUrl: string;
  readonly #storage: AccountStorage | undefined;
  #saved: Saved;
  #refreshing: Promise<string> | undefined;
  #signedOut = false;

  constructor(baseUrl: string, saved: Saved, storage: AccountStorage | undefined) {
    this.baseUrl = baseUrl;
    this.#saved = saved;
    this.#storage = storage;
  }

  get user(): Account['user'] {
    return this.#saved.user;
  }

  // An arrow function, so that `connect({ token: account.token })` works.
  readonly token = async (fresh = false): Promise<string> => {
    if (this.#signedOut)
      throw new ParleyClientError('unauthorized', 'This account was signed out; sign in again.');
    if (!fresh && isFresh(this.#saved)) return this.#saved.accessToken;
    this.#refreshing ??= exclusively(() => this.#refresh()).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  };

  async signOut(): Promise<void> {
    if (this.#signedOut) return;
    const token = await this.token().catch(() => undefined);
    this.#signedOut = true;
    this.#storage?.removeItem(KEY);
    if (token !== undefined) await requestLogout(this.baseUrl, token).catch(() => {});
  }

  /** Uses what another tab has refreshed meanwhile: only its refresh token is valid, and sending ours would end the login. */
  async #refresh(): Promise<string> {
    const kept = load(this.#storage);
    if (kept?.user.id === this.#saved.user.id && kept.refreshToken !== this.#saved.refreshToken) {
      this.#saved = kept;
      if (isFresh(kept)) return kept.accessToken;
    }
    try {
      this.#saved = save(await this.#requestRefresh(), this.#storage);
    } catch (error) {
      if (isFinal(error)) this.#storage?.removeItem(KEY);
      throw error;
    }
    return this.#saved.accessToken;
  }

  /**
   * Tries twice. If only the answer was lost, the server has used the token up: it accepts it again for 30 s [TK5], and
   * after that its reuse ends the login. So the second try comes now, not when a token is next needed.
   */
  async #requestRefresh(): Promise<TokensReply> {
    const { refreshToken } = this.#saved;
    try {
      return await requestRefresh(this.baseUrl, refreshToken);
    } catch (error) {
      if (isFinal(error) || (error instanceof ParleyClientError && error.code === 'rate_limited'))
        throw error;
      await new Promise<void>((resolve) => browserClock.after(SECOND_TRY_MS, resolve));
      return requestRefresh(this.baseUrl, refreshToken);
    }
  }
}

function isFresh({ expiresAt }: Saved): boolean {
  return expiresAt - browserClock.now() > MIN_LIFE_MS;
}

/** Runs one refresh at a time across all tabs, if the browser has locks. */
async function exclusively(run: () => Promise<string>): Promise<string> {
  if (typeof navigator === 'undefined' || navigator.locks === undefined) return run();
  return navigator.locks.request(KEY, run);
}

function save(
  { user, accessToken, refreshToken, expiresInSeconds }: TokensReply,
  storage?: AccountStorage,
): Saved {
  const saved = { user, accessToken, refreshToken, expiresAt: browserClock.now() + expiresInSeconds * 1_000 };
  try {
    storage?.setItem(KEY, JSON.stringify(saved));
  } catch {
    // The storage is full or forbidden: the login ends with the page.
  }
  return saved;
}

function load(storage: AccountStorage | undefined): Saved | undefined {
  try {
    const parsed = v.safeParse(Saved, JSON.parse(storage?.getItem(KEY) ?? 'null'));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
