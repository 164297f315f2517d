import type * as v from 'valibot';
import { ParleyError } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { Identity, Profile } from '../domain/identity.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import { type Client, networkKey } from '../lib/addresses.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSlices } from '../lib/slices.ts';
import { rateLimited, type Throttle } from '../lib/throttle.ts';
import type { GuestRequest, TokensReply } from '../protocol/bodies.ts';
import { ACCESS_TOKEN_MS } from '../protocol/limits.ts';
import type { ExpirySlice, Store, UserRow } from '../store/contract.ts';
import type { TokenKeys } from './keys.ts';
import { createLogins, type Login, loginEnded } from './logins.ts';
import { Profiles, profileOf } from './profiles.ts';
import { createRefusalLog } from './refusals.ts';
import { LAST_TOKEN_MS } from './revoked-logins.ts';
import { createTokens, type TrustedIssuer } from './tokens.ts';
import { createUsers } from './users.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** Users, their logins and tokens. */
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
   * Counts a new guest against the limit of its network, before any work is done for it.
   * @throws ParleyError `rate_limited`
   */
  countGuest(address: string): void;
  /** Creates a guest with its first login. @throws ParleyError `username_taken` */
  createGuest(request: v.InferOutput<typeof GuestRequest>): Promise<TokensReply>;
  /**
   * Exchanges a refresh token for a new pair [TK5].
   * @throws ParleyError `unauthorized`, `refresh_token_reused` (the login has ended), `rate_limited` (which uses nothing
   *   up)
   */
  refresh(refreshToken: string): Promise<TokensReply>;
  /** Ends the token's login, if it has one: its tokens stop working at once, and `login.ended` is published. */
  logout(identity: Identity): Promise<void>;
  /**
   * The profile of a user whose token was verified or `remembered` in this turn of the event loop.
   * @throws ParleyError `unavailable` for any other user whose profile isn't in memory
   */
  profile(userId: UserId): Profile;
  /** The user as only the user sees it: with `email`. */
  self(identity: Identity): Promise<TokensReply['user']>;
  /** The public keys of access tokens; none with a shared secret [TK2]. */
  jwks(): Promise<{ readonly keys: readonly object[] }>;
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
  /** Limits new guests per network. */
  readonly guests: Pick<Throttle, 'take'>;
  readonly events: Publisher;
}

const SWEEP_MS = 60_000;
/** Max rows that one slice of a sweep changes. */
export const ROWS_PER_SLICE = 500;

export async function createAccounts(deps: AccountsDeps): Promise<Accounts> {
  const { store, keys, clock, log, guests } = deps;
  const users = createUsers({ ...deps, users: store.users });
  const logins = await createLogins({ ...deps, logins: store.logins });
  const tokens = createTokens(deps);
  const verified = new VerifiedTokens();
  const profiles = new Profiles();
  const logRefusal = createRefusalLog(deps);
  const sweeping = createSlices({ clock, everyMs: SWEEP_MS, slice: sweep });

  /** Returns whether there may be more to sweep. */
  function sweep(): Awaitable<boolean> {
    const now = clock.now();
    logins.forgetDead();
    // A login's row outlives its last access token.
    const until = now - LAST_TOKEN_MS;
    return andThen(store.expiry.slice({ now, until }, ROWS_PER_SLICE), swept);
  }

  function swept({ rows, removedUsers }: ExpirySlice): boolean {
    for (const userId of removedUsers) profiles.forget(userId);
    if (rows > 0) log.debug('swept accounts', { rows });
    return rows >= ROWS_PER_SLICE;
  }

  async function reply(user: UserRow, { loginId, refreshToken }: Login): Promise<TokensReply> {
    const accessToken = await tokens.sign({ ...user, userId: user.id, loginId });
    return { user: selfOf(user), accessToken, refreshToken, expiresInSeconds: ACCESS_TOKEN_MS / 1000 };
  }

  function remembered(accessToken: string, from?: Client): Identity | undefined {
    const identity = verified.get(accessToken, clock.now());
    if (identity === undefined || profiles.get(identity.userId) === undefined) return undefined;
    const { loginId } = identity;
    const hasEnded = loginId !== null && logins.hasEndedInMemory(loginId);
    if (hasEnded === undefined) return undefined;
    if (hasEnded) throw logged(loggedOut(), from);
    return identity;
  }

  /** Logs the error if it refuses the token, and returns it. */
  function logged(error: unknown, from: Client | undefined): unknown {
    if (error instanceof ParleyError && error.code === 'unauthorized') logRefusal(error.message, from);
    return error;
  }

  async function verify(accessToken: string): Promise<Identity> {
    const token = await tokens.verify(accessToken);
    const user = await users.findOrCreate(token);
    const { loginId, expiresAt, role, room } = token;
    // Last, so that a logout during the other waits is seen.
    if (loginId !== null && (await logins.hasEnded(loginId))) throw loggedOut();
    const identity: Identity = { userId: user.id, kind: user.kind, loginId, expiresAt, role, room };
    profiles.remember(user);
    verified.add(accessToken, identity, clock.now());
    return identity;
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
        throw logged(error, from);
      });
    },

    countGuest(address) {
      const retryAfterMs = guests.take(networkKey(address));
      if (retryAfterMs > 0) throw rateLimited('new guests from your network', retryAfterMs);
    },

    async createGuest({ username = null, displayName = null }) {
      const user = await users.createGuest(username, displayName);
      return reply(user, await logins.begin(user.id));
    },

    async refresh(refreshToken) {
      const login = await logins.rotate(refreshToken);
      const user = await users.find(login.userId);
      if (user === undefined) throw new Error(`the login ${login.loginId} has no user`);
      const tokens = await reply(user, login);
      if (await logins.hasEnded(login.loginId)) throw loginEnded();
      return tokens;
    },

    async logout({ loginId }) {
      if (loginId !== null) await logins.end(loginId);
    },

    profile,

    async self({ userId }) {
      const row = await users.find(userId);
      // While the database is locked, an external user's row may still be waiting to be written.
      return row === undefined ? profile(userId) : selfOf(row);
    },

    jwks: async () => ({ keys: await keys.published() }),

    close: sweeping.close,
  };
}

function loggedOut(): ParleyError {
  return new ParleyError('unauthorized', 'You have logged out. Sign in again.');
}

function selfOf(row: UserRow): TokensReply['user'] {
  return { ...profileOf(row), email: row.email };
}
