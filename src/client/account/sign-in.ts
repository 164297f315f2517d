import type { TokensReply } from '../../protocol/bodies.ts';
import type {
  Account,
  AccountOptions,
  GuestOptions,
  RegisterOptions,
  ResetOptions,
  SetUpOptions,
  SignInOptions,
} from '../account-types.ts';
import { originOf } from '../http.ts';
import type { WaitOptions } from '../peer-types.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { OwnAccount } from './own-account.ts';
import { requestGuest, requestLogin, requestRegister, requestReset, requestSetUp } from './requests.ts';
import { SharedLogin } from './shared-login.ts';
import { browserTab } from './tab.ts';

/**
 * Creates a guest account and signs in.
 * @throws ParleyClientError `guests_off`, `username_taken`, `validation_failed`, `rate_limited`, `network`, `timeout`
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * const account = restoreAccount({ storage: localStorage }) ?? (await signInAsGuest({ storage: localStorage }));
 */
export function signInAsGuest(options: GuestOptions = {}): Promise<Account> {
  const { displayName, username } = options;
  return beginAccount(options, (baseUrl) => requestGuest(baseUrl, { displayName, username }));
}

/**
 * Registers a new user and signs in. A guest who is passed becomes registered instead: the same account object is
 * returned, and keeps id, rooms and open sessions.
 * @throws ParleyClientError `validation_failed` (its `errors` name the fields), `email_taken`, `username_taken`,
 *   `already_registered`, `registration_closed`, `invite_required`, `rate_limited`; `unauthorized` if the guest's login has
 *   ended; `network`, `timeout`
 * @throws TypeError if `baseUrl` is missing outside a page, or `guest` is no account of this SDK
 * @example
 * const account = await register({ email: email.value, password: password.value, storage: localStorage });
 * @example
 * await register({ guest: account, email: email.value, password: password.value });
 */
export async function register(options: RegisterOptions): Promise<Account> {
  const { email, password, username, displayName, invite, guest } = options;
  const fields = { email, password, username, displayName, invite };
  if (guest === undefined) return beginAccount(options, (baseUrl) => requestRegister(baseUrl, fields));
  if (!(guest instanceof OwnAccount)) throw new TypeError('`guest` must be an account of this SDK.');
  await unlessAborted(options.signal, () =>
    guest.becomeRegistered((token) => requestRegister(guest.baseUrl, fields, token)),
  );
  return guest;
}

/**
 * Signs in with e-mail address and password.
 * @throws ParleyClientError `invalid_credentials`, `validation_failed`, `rate_limited`, `network`, `timeout`
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * const account = await signIn({ email: email.value, password: password.value, storage: localStorage });
 */
export function signIn(options: SignInOptions): Promise<Account> {
  const { email, password } = options;
  return beginAccount(options, (baseUrl) => requestLogin(baseUrl, { email, password }));
}

/**
 * Makes the server's first admin and signs in.
 * @throws ParleyClientError `invalid_token`; `forbidden` if there is an admin; `validation_failed`, `email_taken`,
 *   `username_taken`, `rate_limited`, `network`, `timeout`
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
 * const admin = await setUp({ token, email: email.value, password: password.value, storage: localStorage });
 */
export function setUp(options: SetUpOptions): Promise<Account> {
  const { token, email, password, username, displayName } = options;
  const fields = { token, email, password, username, displayName };
  return beginAccount(options, (baseUrl) => requestSetUp(baseUrl, fields));
}

/**
 * Sets a new password by a link that an admin has made. Every login of the user ends; nobody is signed in.
 * @throws ParleyClientError `invalid_token` if the token is wrong, older than 24 h or used; `validation_failed`, which
 *   doesn't use it up; `rate_limited`, `network`, `timeout`
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * await resetPassword({ token, password: password.value });
 */
export async function resetPassword({ baseUrl, token, password, signal }: ResetOptions): Promise<void> {
  const origin = originOf(baseUrl);
  await unlessAborted(signal, () => requestReset(origin, { token, password }));
}

/**
 * Returns the account that `storage` keeps, or null. If its login has ended on the server, `token()` rejects with
 * `unauthorized`.
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * const account = restoreAccount({ storage: localStorage }); // null on the first visit
 */
export function restoreAccount({ baseUrl, storage }: AccountOptions): Account | null {
  const login = SharedLogin.restore({ baseUrl: originOf(baseUrl), storage, tab: browserTab });
  return login && new OwnAccount(login);
}

/**
 * Calls `listener` when another tab has signed in or out, with the account that `storage` keeps now, or null. Changes of
 * the same user don't call it: `account.on('changed')` tells of these. Returns a function that stops it.
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * watchAccount({ storage: localStorage }, (account) => show(account?.user.displayName ?? 'not signed in'));
 */
export function watchAccount(
  options: AccountOptions,
  listener: (account: Account | null) => void,
): () => void {
  if (options.storage === undefined) return () => {};
  let userId = restoreAccount(options)?.user.id;
  return browserTab.onStorage(options.storage, () => {
    const account = restoreAccount(options);
    if (account?.user.id === userId) return;
    userId = account?.user.id;
    listener(account);
  });
}

/** Signs in by `request`, and keeps the login in the storage. */
export async function beginAccount(
  { baseUrl, storage, signal }: AccountOptions & WaitOptions,
  request: (baseUrl: string) => Promise<TokensReply>,
): Promise<Account> {
  const origin = originOf(baseUrl);
  const reply = await unlessAborted(signal, () => request(origin));
  return new OwnAccount(SharedLogin.begin(reply, { baseUrl: origin, storage, tab: browserTab }));
}
