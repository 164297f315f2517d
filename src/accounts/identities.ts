import { ParleyError } from '../domain/errors.ts';
import { type Identity, type Profile, type Standing, withStanding } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import type { Client } from '../lib/addresses.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { UserRow } from '../store/contract.ts';
import type { Logins } from './logins.ts';
import { type Profiles, standingOf } from './profiles.ts';
import { createRefusalLog } from './refusals.ts';
import type { TokenNames } from './token-names.ts';
import type { Tokens, VerifiedToken } from './tokens.ts';
import type { Users } from './users.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** Who the bearers of access tokens are. */
export interface Identities {
  /**
   * Who the bearer of a token is. An external user is created when its first token is seen.
   * @param from who showed the token, for the log if it is refused
   * @throws ParleyError `unauthorized` if anything is wrong with it; `unavailable` if the trusted issuer's keys
   *   can't be fetched
   */
  verify(accessToken: string, from?: Client): Promise<Identity>;
  /**
   * The same without waiting, for a token that was verified recently and whose user hasn't changed since; undefined for
   * any other.
   * @throws ParleyError `unauthorized` if its login has ended
   */
  remembered(accessToken: string, from?: Client): Identity | undefined;
  /**
   * The profile of a user whose token was verified or `remembered` in this turn of the event loop.
   * @throws ParleyError `unavailable` for any other user whose profile isn't in memory
   */
  profile(userId: UserId): Profile;
  /** The user has changed: what memory holds about it isn't used any more. */
  forget(userId: UserId): void;
  /** The user is gone: neither are its tokens, even if a later token makes a user of the same id. */
  forgetDeleted(userId: UserId): void;
  /** What is stored about a user now; undefined if there is no such user. */
  standing(userId: UserId): Awaitable<Standing | undefined>;
}

interface IdentitiesDeps {
  readonly tokens: Tokens;
  readonly users: Users;
  readonly names: TokenNames;
  readonly logins: Logins;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly log: Log;
}

export function createIdentities({
  tokens,
  users,
  names,
  logins,
  profiles,
  clock,
  log,
}: IdentitiesDeps): Identities {
  const verified = new VerifiedTokens();
  const logRefusal = createRefusalLog({ clock, log });

  function remembered(accessToken: string, from?: Client): Identity | undefined {
    const identity = verified.get(accessToken, clock.now());
    const standing = identity && profiles.standing(identity.userId);
    if (identity === undefined || standing === undefined) return undefined;
    const { loginId } = identity;
    const hasEnded = loginId !== null && logins.hasEndedInMemory(loginId);
    if (hasEnded === undefined) return undefined;
    if (hasEnded) throw logged(endedLogin(), from);
    return withStanding(identity, standing);
  }

  /** Logs the error if it refuses the token, and returns it. */
  function logged(error: unknown, from: Client | undefined): unknown {
    if (error instanceof ParleyError && error.code === 'unauthorized') logRefusal(error.message, from);
    return error;
  }

  async function verify(accessToken: string): Promise<Identity> {
    const token = await tokens.verify(accessToken);
    const user = await currentUser(token, accessToken);
    const { loginId, expiresAt, room } = token;
    // [TK1] A login's token has no more rights than what is stored.
    const claimedRole = loginId === null ? token.role : null;
    const role = user.role ?? claimedRole;
    const identity = { userId: user.id, kind: user.kind, loginId, expiresAt, role, claimedRole, room };
    profiles.remember(user);
    verified.add(accessToken, identity, clock.now());
    return identity;
  }

  /** The token's user as it is stored when this resolves: read again if it has changed meanwhile. */
  async function currentUser(token: VerifiedToken, accessToken: string): Promise<UserRow> {
    const { loginId } = token;
    for (;;) {
      const { forgotten } = profiles;
      const user = await names.take(await users.findOrCreate(token), token, accessToken);
      // Last, so that a login that ends during the other waits is seen.
      if (loginId !== null && (await logins.hasEnded(loginId))) throw endedLogin();
      if (forgotten === profiles.forgotten) return user;
    }
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

    profile(userId) {
      const known = profiles.get(userId);
      if (known !== undefined) return known;
      throw new ParleyError('unavailable', 'Your profile is not loaded. Try again.');
    },

    forget: (userId) => profiles.forget(userId),

    forgetDeleted(userId) {
      profiles.forget(userId);
      verified.forgetUser(userId);
    },

    standing: (userId) => andThen(users.find(userId), (row) => row && standingOf(row)),
  };
}

function endedLogin(): ParleyError {
  return new ParleyError('unauthorized', 'This login has ended. Sign in again.');
}
