import { ParleyError } from '../domain/errors.ts';
import type { Identity, Profile } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import type { Client } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Logins } from './logins.ts';
import type { Profiles } from './profiles.ts';
import { createRefusalLog } from './refusals.ts';
import type { Tokens } from './tokens.ts';
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
   * The same without waiting, for a token that was verified recently; undefined for any other.
   * @throws ParleyError `unauthorized` if its login has ended
   */
  remembered(accessToken: string, from?: Client): Identity | undefined;
  /**
   * The profile of a user whose token was verified or `remembered` in this turn of the event loop.
   * @throws ParleyError `unavailable` for any other user whose profile isn't in memory
   */
  profile(userId: UserId): Profile;
}

interface IdentitiesDeps {
  readonly tokens: Tokens;
  readonly users: Users;
  readonly logins: Logins;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly log: Log;
}

export function createIdentities({
  tokens,
  users,
  logins,
  profiles,
  clock,
  log,
}: IdentitiesDeps): Identities {
  const verified = new VerifiedTokens();
  const logRefusal = createRefusalLog({ clock, log });

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
  };
}

function loggedOut(): ParleyError {
  return new ParleyError('unauthorized', 'You have logged out. Sign in again.');
}
