import type * as v from 'valibot';
import { networkKey } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import { ParleyError } from '../lib/errors.ts';
import type { Ids, UserId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { GuestRequest, TokensReply } from '../protocol/bodies.ts';
import type { User } from '../protocol/fields.ts';
import { ACCESS_TOKEN_MS, REFRESH_TOKEN_MS } from '../protocol/limits.ts';
import type { Identity } from '../signaling/identity.ts';
import { rateLimited, type Throttle } from '../signaling/throttle.ts';
import type { Store } from '../store/open.ts';
import type { UserRow } from '../store/users.ts';
import type { TokenKeys } from './keys.ts';
import { createLogins, type Login } from './logins.ts';
import { createTokens, type TrustedIssuer } from './tokens.ts';
import { createUsers, publicUser } from './users.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** People, their logins and tokens. */
export interface Accounts {
  /**
   * Who a token stands for. External users are kept at first sight.
   * @throws ParleyError `unauthorized` for whatever is wrong with it; `unavailable` when the trusted issuer's keys
   *   can't be had
   */
  verify(accessToken: string): Promise<Identity>;
  /**
   * The same at once, for a token that was verified a short while ago.
   * @returns undefined for all others
   * @throws ParleyError `unauthorized` where its login has ended
   */
  remembered(accessToken: string): Identity | undefined;
  /**
   * Makes a guest and its first login.
   * @param address the client's, for the limit on sign-ins
   * @throws ParleyError `username_taken`, `rate_limited`
   */
  guest(request: v.InferOutput<typeof GuestRequest>, address: string): Promise<TokensReply>;
  /**
   * A new pair for a refresh token, which dies [TK5].
   * @throws ParleyError `unauthorized`, `refresh_token_reused` (the login has ended), `rate_limited`
   */
  refresh(refreshToken: string, address: string): Promise<TokensReply>;
  /** Ends the login: its tokens stop working at once, `onLogout` ends its sessions. Nothing to do for tokens of other issuers. */
  logout(identity: Identity): void;
  /** As others see them. */
  user(id: UserId): User | undefined;
  /** As they see themselves: with `email`. */
  self(identity: Identity): TokensReply['user'];
  /** The public keys of access tokens; none under a shared secret [TK2]. */
  jwks(): { readonly keys: readonly object[] };
  close(): void;
}

interface AccountsDeps {
  readonly store: Pick<Store, 'users' | 'logins'>;
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly trusted: TrustedIssuer | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** By network address. */
  readonly signIns: Pick<Throttle, 'take'>;
  /** The sessions of this login are to end. */
  readonly onLogout: (loginId: string) => void;
}

const SWEEP_MS = 3_600_000;

export function createAccounts(deps: AccountsDeps): Accounts {
  const { store, keys, clock, log, signIns, onLogout } = deps;
  const users = createUsers({ ...deps, users: store.users });
  const logins = createLogins({ ...deps, logins: store.logins, onEnd: onLogout });
  const tokens = createTokens(deps);
  const verified = new VerifiedTokens();
  const stopSweeping = clock.every(SWEEP_MS, sweep);

  function sweep(): void {
    const now = clock.now();
    // A login stays until none of its access tokens can be alive, so that an ended one is known as such.
    const ended = store.logins.sweep(now - ACCESS_TOKEN_MS, now - ACCESS_TOKEN_MS);
    const guests = store.users.sweepGuests(now - REFRESH_TOKEN_MS);
    if (ended + guests > 0) log.debug('swept accounts', { logins: ended, guests });
  }

  function countSignIn(address: string): void {
    const retryAfterMs = signIns.take(networkKey(address));
    if (retryAfterMs > 0) throw rateLimited('too many sign-ins from your network', retryAfterMs);
  }

  async function reply(user: UserRow, { loginId, refreshToken }: Login): Promise<TokensReply> {
    const accessToken = await tokens.sign({ ...user, userId: user.id, loginId });
    return { user: selfOf(user), accessToken, refreshToken, expiresInSeconds: ACCESS_TOKEN_MS / 1000 };
  }

  function remembered(accessToken: string): Identity | undefined {
    const identity = verified.get(accessToken, clock.now());
    if (identity !== undefined && identity.loginId !== null) refuseEnded(identity.loginId);
    return identity;
  }

  /** @returns the login, null where it is another backend's. @throws ParleyError `unauthorized` where it was ended */
  function refuseEnded(loginId: string): string | null {
    const state = logins.state(loginId);
    if (state === 'ended') throw new ParleyError('unauthorized', 'You have logged out. Sign in again.');
    return state === 'open' ? loginId : null;
  }

  return {
    remembered,

    async verify(accessToken) {
      const known = remembered(accessToken);
      if (known !== undefined) return known;
      const token = await tokens.verify(accessToken);
      const loginId = token.loginId === null ? null : refuseEnded(token.loginId);
      const identity: Identity = {
        user: publicUser(users.ofToken(token)),
        loginId,
        expiresAt: token.expiresAt,
        role: token.role,
        room: token.room,
      };
      verified.add(accessToken, identity, clock.now());
      return identity;
    },

    async guest({ username = null, displayName = null }, address) {
      countSignIn(address);
      const user = users.addGuest(username, displayName);
      return reply(user, logins.begin(user.id));
    },

    async refresh(refreshToken, address) {
      countSignIn(address);
      const login = logins.next(refreshToken);
      const user = users.find(login.userId);
      if (user === undefined) throw new Error(`the login ${login.loginId} has no user`);
      return reply(user, login);
    },

    logout({ loginId }) {
      if (loginId !== null) logins.end(loginId);
    },

    user(id) {
      const row = users.find(id);
      return row && publicUser(row);
    },

    self({ user }) {
      const row = users.find(user.id);
      return row === undefined ? user : selfOf(row);
    },

    jwks: () => ({ keys: keys.published() }),

    close: stopSweeping,
  };
}

function selfOf(row: UserRow): TokensReply['user'] {
  return { ...publicUser(row), email: row.email };
}
