import type * as v from 'valibot';
import { ParleyError } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { Identity, Profile } from '../domain/identity.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import { type Client, networkKey } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSlices } from '../lib/slices.ts';
import { rateLimited, type Throttle } from '../lib/throttle.ts';
import type { GuestRequest, TokensReply } from '../protocol/bodies.ts';
import { ACCESS_TOKEN_MS, CLOCK_LEEWAY_MS } from '../protocol/limits.ts';
import type { Store } from '../store/sqlite/open.ts';
import type { UserRow } from '../store/sqlite/users.ts';
import type { TokenKeys } from './keys.ts';
import { createLogins, type Login } from './logins.ts';
import { Profiles, profileOf } from './profiles.ts';
import { createRefusalLog } from './refusals.ts';
import { createTokens, type TrustedIssuer } from './tokens.ts';
import { createUsers } from './users.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** People, their logins and tokens. */
export interface Accounts {
  /**
   * Who the bearer of a token is. An external user is created when its first token is seen.
   * @param from who showed the token, for the log if it is refused
   * @throws ParleyError `unauthorized` if anything is wrong with it; `unavailable` if the trusted issuer's keys
   *   can't be fetched
   */
  verify(accessToken: string, from?: Client): Promise<Identity>;
  /**
   * The same without waiting, for a token that was verified recently; undefined for any other.
   * @throws ParleyError `unauthorized` if its login has ended
   */
  remembered(accessToken: string, from?: Client): Identity | undefined;
  /**
   * Counts a new guest of this network, before any work is done for it.
   * @throws ParleyError `rate_limited`
   */
  countGuest(address: string): void;
  /** Makes a guest and its first login. @throws ParleyError `username_taken` */
  guest(request: v.InferOutput<typeof GuestRequest>): Promise<TokensReply>;
  /**
   * A new pair for a refresh token [TK5].
   * @throws ParleyError `unauthorized`, `refresh_token_reused` (the login has ended), `rate_limited` (nothing is used up)
   */
  refresh(refreshToken: string): Promise<TokensReply>;
  /** Ends the login: its tokens stop working at once, and `login.ended` is published. Tokens of other issuers have none. */
  logout(identity: Identity): void;
  /**
   * The profile of a user whose token was verified or `remembered` in this turn of the event loop.
   * @throws ParleyError `unavailable` for any other user whose profile isn't in memory
   */
  profile(userId: UserId): Profile;
  /** The user as only the user sees it: with `email`. */
  self(identity: Identity): TokensReply['user'];
  /** The public keys of access tokens; none under a shared secret [TK2]. */
  jwks(): { readonly keys: readonly object[] };
  close(): void;
}

interface AccountsDeps {
  readonly store: Pick<Store, 'users' | 'logins' | 'expiry'>;
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly trusted: TrustedIssuer | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** New guests by network. */
  readonly guests: Pick<Throttle, 'take'>;
  readonly events: Publisher;
}

const SWEEP_MS = 60_000;
/** Rows that one slice of a sweep removes. */
export const ROWS_A_SLICE = 500;

export function createAccounts(deps: AccountsDeps): Accounts {
  const { store, keys, clock, log, guests } = deps;
  const users = createUsers({ ...deps, users: store.users });
  const logins = createLogins({ ...deps, logins: store.logins });
  const tokens = createTokens(deps);
  const verified = new VerifiedTokens();
  const profiles = new Profiles();
  const tellRefusal = createRefusalLog(deps);
  const sweeping = createSlices({ clock, everyMs: SWEEP_MS, slice: sweep });

  /** @returns whether there may be more */
  function sweep(): boolean {
    const now = clock.now();
    // A login stays until none of its access tokens can be alive, so that an ended one is known as such.
    const until = now - ACCESS_TOKEN_MS - CLOCK_LEEWAY_MS;
    const rows = store.expiry.slice({ now, until }, ROWS_A_SLICE);
    if (rows > 0) log.debug('swept accounts', { rows });
    return rows >= ROWS_A_SLICE;
  }

  async function reply(user: UserRow, { loginId, refreshToken }: Login): Promise<TokensReply> {
    const accessToken = await tokens.sign({ ...user, userId: user.id, loginId });
    return { user: selfOf(user), accessToken, refreshToken, expiresInSeconds: ACCESS_TOKEN_MS / 1000 };
  }

  function remembered(accessToken: string, from?: Client): Identity | undefined {
    const identity = verified.get(accessToken, clock.now());
    if (identity === undefined || profiles.get(identity.userId) === undefined) return undefined;
    if (identity.loginId === null) return identity;
    try {
      refuseEnded(identity.loginId);
      return identity;
    } catch (error) {
      throw told(error, from);
    }
  }

  /** @returns the same error, logged if it refuses the token */
  function told(error: unknown, from: Client | undefined): unknown {
    if (error instanceof ParleyError && error.code === 'unauthorized') tellRefusal(error.message, from);
    return error;
  }

  async function verify(accessToken: string): Promise<Identity> {
    const token = await tokens.verify(accessToken);
    const loginId = token.loginId === null ? null : refuseEnded(token.loginId);
    const user = users.findOrCreate(token);
    profiles.remember(user);
    const { expiresAt, role, room } = token;
    const identity: Identity = { userId: user.id, kind: user.kind, loginId, expiresAt, role, room };
    verified.add(accessToken, identity, clock.now());
    return identity;
  }

  /** Returns null for a login that isn't ours. @throws ParleyError `unauthorized` if the login has ended */
  function refuseEnded(loginId: string): string | null {
    const state = logins.state(loginId);
    if (state === 'ended') throw new ParleyError('unauthorized', 'You have logged out. Sign in again.');
    return state === 'open' ? loginId : null;
  }

  function profile(userId: UserId): Profile {
    const known = profiles.get(userId);
    if (known !== undefined) return known;
    throw new ParleyError('unavailable', 'Your profile is not loaded. Try again.');
  }

  return {
    remembered,

    async verify(accessToken, from) {
      const known = remembered(accessToken, from);
      if (known !== undefined) return known;
      return verify(accessToken).catch((error: unknown) => {
        throw told(error, from);
      });
    },

    countGuest(address) {
      const retryAfterMs = guests.take(networkKey(address));
      if (retryAfterMs > 0) throw rateLimited('too many new guests from your network', retryAfterMs);
    },

    async guest({ username = null, displayName = null }) {
      const user = users.addGuest(username, displayName);
      return reply(user, logins.begin(user.id));
    },

    async refresh(refreshToken) {
      const login = logins.next(refreshToken);
      const user = users.find(login.userId);
      if (user === undefined) throw new Error(`the login ${login.loginId} has no user`);
      return reply(user, login);
    },

    logout({ loginId }) {
      if (loginId !== null) logins.end(loginId);
    },

    profile,

    self({ userId }) {
      const row = users.find(userId);
      // While the database is locked, an external user's row is yet to be written.
      return row === undefined ? profile(userId) : selfOf(row);
    },

    jwks: () => ({ keys: keys.published() }),

    close: sweeping.close,
  };
}

function selfOf(row: UserRow): TokensReply['user'] {
  return { ...profileOf(row), email: row.email };
}
