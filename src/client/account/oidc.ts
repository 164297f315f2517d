import type { Account, AccountOptions, OidcOptions } from '../account-types.ts';
import { type ClientErrorCode, ParleyClientError } from '../errors.ts';
import { originOf } from '../http.ts';
import type { WaitOptions } from '../peer-types.ts';
import { requestFinish } from './requests.ts';
import { beginAccount } from './sign-in.ts';

/**
 * Leaves the page for the server's OpenID provider. The way back leads to a page of the server's own origin, the room's or
 * the home page, where `finishSignIn` takes over; a page of another origin can start this, and can't finish it.
 * @throws TypeError outside a page
 * @example
 * button.onclick = () => signInWithOidc({ roomId });
 */
export function signInWithOidc({ baseUrl, roomId }: OidcOptions = {}): void {
  const address = new URL(`${originOf(baseUrl)}/auth/oidc/start`);
  if (roomId !== undefined) address.searchParams.set('room', roomId);
  if (typeof location === 'undefined') throw new TypeError('Only a page can go to the OpenID provider.');
  location.assign(address);
}

/**
 * Finishes a sign-in at the OpenID provider: takes `#code=…` or `#error=…` out of the address bar, and resolves with the
 * account; null if there is neither. Call it when a page of the server's origin starts. A guest's login in `storage` is
 * replaced: the guest does not become that user.
 * @throws ParleyClientError `access_denied` if the person or the provider refused, `sign_in_expired`, `provider_failed`;
 *   `invalid_code` if the code was used before, is older than 60 s, or is another browser's; `not_found` if the server has
 *   no provider; `rate_limited`, `network`, `timeout`
 * @example
 * const account = (await finishSignIn({ storage: localStorage })) ?? restoreAccount({ storage: localStorage });
 */
export async function finishSignIn(options: AccountOptions & WaitOptions = {}): Promise<Account | null> {
  const { code, error } = takeFromAddress();
  if (error !== undefined) throw failureOf(error);
  if (code === undefined) return null;
  return beginAccount(options, (baseUrl) => requestFinish(baseUrl, code));
}

/** Takes the answer out of the fragment before anything else, so that no reload and no shared link repeats it. */
function takeFromAddress(): { readonly code?: string; readonly error?: string } {
  if (typeof location === 'undefined') return {};
  const parts = location.hash.slice(1).split('&');
  const others = parts.filter((part) => !/^(code|error)=/.test(part));
  if (others.length === parts.length) return {};
  const rest = others.length === 0 ? '' : `#${others.join('&')}`;
  history.replaceState(history.state, '', `${location.pathname}${location.search}${rest}`);
  const values = new Map(new URLSearchParams(parts.join('&')));
  const [code, error] = [values.get('code'), values.get('error')];
  return { ...(code === undefined ? {} : { code }), ...(error === undefined ? {} : { error }) };
}

const FAILURES: ReadonlyMap<string, readonly [ClientErrorCode, string]> = new Map([
  ['access_denied', ['access_denied', 'The sign-in was refused at the provider.']],
  [
    'sign_in_expired',
    ['sign_in_expired', 'The sign-in took too long, or began in another browser. Try again.'],
  ],
  ['provider_failed', ['provider_failed', 'The provider could not sign you in. Try again later.']],
]);

/** An error of a later server counts as `provider_failed`. */
function failureOf(error: string): ParleyClientError {
  const [code, message] = FAILURES.get(error) ?? ['provider_failed', `The sign-in failed: ${error}`];
  return new ParleyClientError(code, message);
}
