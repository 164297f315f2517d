import type * as v from 'valibot';
import { ParleyError } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { Identity } from '../domain/identity.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import { networkKey } from '../lib/addresses.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { LimitHits } from '../lib/limit-hits.ts';
import type { Log } from '../lib/log.ts';
import type { Passwords } from '../lib/passwords.ts';
import { createSlices } from '../lib/slices.ts';
import { rateLimited, type Throttle } from '../lib/throttle.ts';
import type { FullUser, GuestRequest, TokensReply } from '../protocol/bodies.ts';
import type { ExpirySlice, Store, UserRow } from '../store/contract.ts';
import { createAdmins } from './admins.ts';
import { createDeletions, type Deletions } from './deletion.ts';
import { createIdentities, type Identities } from './identities.ts';
import { createInvites, type Invites } from './invites.ts';
import type { TokenKeys } from './keys.ts';
import { createLoginList, createOthersLogins, type LoginList, type OthersLogins } from './login-list.ts';
import { createLogins, loginEnded, type SignInSource, UNKNOWN_SOURCE } from './logins.ts';
import { createOidc, type Oidc } from './oidc/oidc.ts';
import { createProvider, type ProviderSettings } from './oidc/provider.ts';
import { createPasswordSignIn, type PasswordSignIn } from './password-sign-in.ts';
import { createPeople, type People } from './people.ts';
import { fullUserOf, Profiles, withPresence } from './profiles.ts';
import { createRegistration, type Registration, type RegistrationPolicy } from './registration.ts';
import { createResets, type Resets } from './resets.ts';
import { LAST_TOKEN_MS } from './revoked-logins.ts';
import { createRoles, type Roles } from './roles.ts';
import { createSetup, type Setup } from './setup.ts';
import type { SignIns } from './sign-ins.ts';
import { createTokenNames } from './token-names.ts';
import { createTokenReplies } from './token-replies.ts';
import { createTokens, type TrustedIssuer } from './tokens.ts';
import { createUsers } from './users.ts';

/** Users, their logins and tokens. */
export interface Accounts extends Identities {
  readonly signIns: SignIns;
  readonly setup: Setup;
  readonly registration: Registration;
  readonly passwords: PasswordSignIn;
  readonly resets: Resets;
  readonly invites: Invites;
  readonly people: People;
  readonly loginList: LoginList;
  readonly othersLogins: OthersLogins;
  readonly roles: Roles;
  /** What the server signs tokens with. */
  readonly keys: Pick<TokenKeys, 'list' | 'rotate'>;
  /** Sign-in at an OpenID provider; undefined if none is configured. */
  readonly oidc: Oidc | undefined;
  readonly deletions: Deletions;
  /**
   * Counts a new guest against the limit of its network, before any work is done for it.
   * @throws ParleyError `guests_off`, `rate_limited`
   */
  countGuest(address: string): void;
  /** Creates a guest with its first login. @throws ParleyError `username_taken` */
  createGuest(request: v.InferOutput<typeof GuestRequest>, source?: SignInSource): Promise<TokensReply>;
  /**
   * Exchanges a refresh token for a new pair [TK5].
   * @throws ParleyError `unauthorized`, `refresh_token_reused` (the login has ended), `rate_limited` (which uses nothing
   *   up)
   */
  refresh(refreshToken: string): Promise<TokensReply>;
  /** Ends the token's login, if it has one: its tokens stop working at once, and `login.ended` is published. */
  logout(identity: Identity): Promise<void>;
  /**
   * Notices admins whom another process has made, as `verify` does. For checks of rights that verify no token; not for the
   * hot path.
   */
  noticeAdmins(): Awaitable<void>;
  /** Makes sure that there is a user of this id: an unknown one becomes an external user [CT0]. */
  introduce(userId: UserId): Promise<void>;
  /** The user as only the user sees it: with `email`. */
  self(identity: Identity): Promise<FullUser>;
  /** The public keys of access tokens; none with a shared secret [TK2]. */
  jwks(): Promise<{ readonly keys: readonly object[] }>;
  close(): void;
}

interface AccountsDeps {
  readonly store: Pick<
    Store,
    | 'users'
    | 'userLists'
    | 'credentials'
    | 'admins'
    | 'logins'
    | 'resetLinks'
    | 'registrationInvites'
    | 'oidcUsers'
    | 'expiry'
    | 'deletions'
    | 'changedElsewhere'
  >;
  readonly keys: TokenKeys;
  readonly passwords: Passwords;
  readonly issuer: string;
  readonly audience: string;
  readonly trusted: TrustedIssuer | undefined;
  /** The OpenID provider at which people can sign in. */
  readonly oidc?: ProviderSettings | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly limitHits: Pick<LimitHits, 'hit'>;
  /** Limits new guests per network. */
  readonly guests: Pick<Throttle, 'take'>;
  readonly signIns: SignIns;
  /** Whether the user has a session; a suspended one counts. */
  readonly isOnline: (userId: UserId) => boolean;
  readonly registrationPolicy: RegistrationPolicy;
  /** Whether new guests may come. */
  readonly takesGuests: boolean;
  readonly events: Publisher;
}

const SWEEP_MS = 60_000;
/** Max rows that one slice of a sweep changes. */
export const ROWS_PER_SLICE = 500;

export async function createAccounts(deps: AccountsDeps): Promise<Accounts> {
  const { store, keys, clock, log, guests, signIns, isOnline } = deps;
  const show = (user: UserRow): FullUser => fullUserOf(user, isOnline(user.id));
  const users = createUsers({ ...deps, users: store.users, deletions: store.deletions });
  const logins = await createLogins({ ...deps, logins: store.logins });
  const tokens = createTokens(deps);
  const profiles = new Profiles();
  const names = createTokenNames({ users: store.users, events: deps.events });
  const identities = createIdentities({ tokens, users, names, logins, profiles, clock, log });
  const replies = createTokenReplies({ tokens, logins, show });
  const admins = await createAdmins(deps);
  const setup = await createSetup({ ...deps, users, logins, replies });
  const parts = { ...deps, credentials: store.credentials, users, logins, replies };
  const oidc =
    deps.oidc &&
    createOidc({
      ...deps,
      provider: createProvider(deps.oidc),
      users: store.oidcUsers,
      signIn: replies.signIn,
    });
  const passwords = createPasswordSignIn(parts);
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
    for (const userId of removedUsers) {
      profiles.forget(userId);
      deps.events.publish('user.expired', { userId });
    }
    if (rows > 0) log.debug('swept accounts', { rows });
    return rows >= ROWS_PER_SLICE;
  }

  return {
    ...identities,
    noticeAdmins: admins.notice,

    forget(userId) {
      identities.forget(userId);
      admins.forget(userId);
    },

    async verify(accessToken, from) {
      await admins.notice();
      return identities.verify(accessToken, from);
    },

    signIns,
    setup,
    registration: createRegistration({ ...parts, policy: deps.registrationPolicy }),
    passwords,
    oidc,
    keys,
    roles: createRoles({ ...deps, admins: store.admins }),
    resets: createResets({ ...deps, users: store.users, resetLinks: store.resetLinks, logins }),
    invites: createInvites({ ...deps, invites: store.registrationInvites }),
    people: createPeople({ ...deps, users: store.users, lists: store.userLists }),
    loginList: createLoginList(logins),
    othersLogins: createOthersLogins(logins, users),
    deletions: createDeletions({ ...deps, deletions: store.deletions, logins, passwords }),

    countGuest(address) {
      if (!deps.takesGuests) throw guestsOff();
      const retryAfterMs = guests.take(networkKey(address));
      if (retryAfterMs > 0) throw rateLimited('guests', 'new guests from your network', retryAfterMs);
    },

    async createGuest({ username = null, displayName = null }, source = UNKNOWN_SOURCE) {
      return replies.signIn(await users.createGuest(username, displayName), source);
    },

    async refresh(refreshToken) {
      const login = await logins.rotate(refreshToken);
      const user = await users.find(login.userId);
      if (user === undefined) throw loginEnded();
      const reply = await replies.of(user, login);
      if (await logins.hasEnded(login.loginId)) throw loginEnded();
      return reply;
    },

    async logout({ userId, loginId }) {
      if (loginId !== null) await logins.end({ loginId, userId });
    },

    async introduce(userId) {
      await users.findOrIntroduce(userId);
    },

    async self({ userId }) {
      const row = await users.find(userId);
      // While the database is locked, an external user's row may still be waiting to be written.
      if (row !== undefined) return show(row);
      const profile = withPresence(identities.profile(userId), isOnline(userId));
      return { ...profile, email: null, role: null };
    },

    jwks: async () => ({ keys: await keys.published() }),

    close() {
      sweeping.close();
      admins.close();
    },
  };
}

function guestsOff(): ParleyError {
  return new ParleyError('guests_off', 'This server takes no guests. Sign in with an account.');
}
