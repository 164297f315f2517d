import { ParleyError } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import type { Awaitable } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { sha256 } from '../lib/secrets.ts';
import { createThrottle, perMinute, rateLimited } from '../lib/throttle.ts';
import { tidyName } from '../protocol/names.ts';
import type { FirstRefreshToken, HeldLogin, Store } from '../store/contract.ts';
import { RevokedLogins } from './revoked-logins.ts';

/** Milliseconds that a refresh token lives [TK5]. */
export const REFRESH_TOKEN_MS = 604_800_000;
/** Milliseconds after its first use in which an old refresh token still gets a fresh pair: the reply was lost [TK5]. */
export const REFRESH_GRACE_MS = 30_000;
/** Uses of refresh tokens per minute and login [TK5]. */
export const REFRESHES_PER_MINUTE = 30;
/** Characters of a User-Agent that are stored. */
export const USER_AGENT_CHARACTERS = 256;

interface LoginsDeps {
  readonly logins: Store['logins'];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Publisher;
}

export interface Login {
  readonly loginId: string;
  readonly userId: UserId;
  /** Secret: 256 random bits [TK5]. */
  readonly refreshToken: string;
}

export type LoginOfUser = Pick<Login, 'loginId' | 'userId'>;

/** Where a sign-in comes from. */
export interface SignInSource {
  /** What the client calls itself: any text. */
  readonly userAgent: string | null;
}

export const UNKNOWN_SOURCE: SignInSource = Object.freeze({ userAgent: null });

export type Logins = Awaited<ReturnType<typeof createLogins>>;

/**
 * Logins and their refresh tokens. A token works once, and again for `REFRESH_GRACE_MS` because its reply may have been
 * lost. If a used token comes later than that, it or its successor was stolen: the login ends [TK5].
 */
export async function createLogins({ logins, clock, ids, events }: LoginsDeps) {
  const uses = createThrottle({ clock, rate: perMinute(REFRESHES_PER_MINUTE) });
  const revoked = await RevokedLogins.load(logins, clock.now());

  function newToken(loginId: string) {
    const refreshToken = ids.secret();
    const row = { hash: sha256(refreshToken), loginId, expiresAt: clock.now() + REFRESH_TOKEN_MS };
    return { refreshToken, row };
  }

  /** @param loginId of a login that goes on. Default: a new one */
  function prepare(
    userId: UserId,
    { userAgent }: SignInSource,
    loginId = ids.unique(),
  ): { login: Login; row: FirstRefreshToken } {
    const { refreshToken, row } = newToken(loginId);
    return { login: { loginId, userId, refreshToken }, row: { ...row, userAgent: tidyUserAgent(userAgent) } };
  }

  async function end({ loginId, userId }: LoginOfUser): Promise<void> {
    const now = clock.now();
    if (await logins.revoke(loginId, now)) noteEnded(userId, [loginId], now);
  }

  function noteEnded(userId: UserId, loginIds: readonly string[], at: number): void {
    for (const loginId of loginIds) revoked.add(loginId, at);
    for (const loginId of loginIds) events.publish('login.ended', { loginId, userId });
  }

  return {
    async begin(userId: UserId, source = UNKNOWN_SOURCE): Promise<Login> {
      const { login, row } = prepare(userId, source);
      const now = clock.now();
      noteEnded(userId, await logins.begin(userId, now, row), now);
      return login;
    },

    /** Makes a login that begins once its token is stored, together with something else. */
    prepare,

    /**
     * Exchanges a refresh token for the next one.
     * @throws ParleyError `unauthorized`, `refresh_token_reused`, `rate_limited` (which uses nothing up)
     */
    async rotate(refreshToken: string): Promise<Login> {
      const hash = sha256(refreshToken);
      const now = clock.now();
      const known = await logins.findToken(hash);
      if (known === undefined) throw signInAgain('is not known');
      const { id: loginId, userId, usedAt, revokedAt, expiresAt } = known;
      // The absolute difference, because the wall clock may have been set back meanwhile.
      const isRepeated = usedAt !== null && Math.abs(now - usedAt) <= REFRESH_GRACE_MS;
      if (!isRepeated) {
        if (expiresAt <= now) throw signInAgain('has expired');
        if (usedAt !== null) {
          // Either holder may be the thief, so both lose the login.
          await end({ loginId, userId });
          throw reused();
        }
      }
      if (revokedAt !== null) throw loginEnded();
      // Counted per login and only if it would succeed, so that a stranger can't use up a login's refreshes.
      const retryAfterMs = uses.take(loginId);
      if (retryAfterMs > 0) throw rateLimited('refreshes', 'refreshes of this login', retryAfterMs);
      const { refreshToken: nextToken, row } = newToken(loginId);
      // The other request of two at once has used the token, or the login has ended meanwhile.
      const isRotated = !isRepeated && (await logins.rotate(hash, now, row));
      if (!isRotated && !(await logins.add(row, now))) throw loginEnded();
      return { loginId, userId, refreshToken: nextToken };
    },

    /** Ends a login: its refresh tokens and access tokens stop working at once. */
    end,

    /** Ends all logins of a user. */
    async endAll(userId: UserId): Promise<void> {
      const now = clock.now();
      noteEnded(userId, await logins.revokeAll(userId, now), now);
    },

    /** Refuses the tokens, and ends the sessions, of logins that the store has revoked `at`: milliseconds since 1970. */
    noteEnded,

    /** The user's logins that hold, the last used first. */
    ofUser: (userId: UserId): Awaitable<readonly HeldLogin[]> => logins.ofUser(userId, clock.now()),

    /** Whether the login has ended; undefined if only `hasEnded` can tell. */
    hasEndedInMemory: (loginId: string): boolean | undefined => revoked.has(loginId, clock.now()),

    /** Whether the login has ended; false for logins of other backends. Asks the store if memory can't tell. */
    hasEnded(loginId: string): Awaitable<boolean> {
      return revoked.has(loginId, clock.now()) ?? isRevokedInStore(loginId);
    },

    forgetDead: () => revoked.forgetDead(clock.now()),
  };

  async function isRevokedInStore(loginId: string): Promise<boolean> {
    const login = await logins.find(loginId);
    return login !== undefined && login.revokedAt !== null;
  }
}

/** The refusal of a refresh token whose login has ended. */
export function loginEnded(): ParleyError {
  return signInAgain('belongs to a login that was ended');
}

function reused(): ParleyError {
  return new ParleyError(
    'refresh_token_reused',
    'This refresh token was used before, so its login was ended. Sign in again.',
  );
}

function signInAgain(why: string): ParleyError {
  return new ParleyError('unauthorized', `The refresh token ${why}. Sign in again.`);
}

/** Returns what is stored of a User-Agent header: bounded, without control characters; null if nothing is left. */
function tidyUserAgent(userAgent: string | null): string | null {
  return userAgent === null ? null : tidyName(userAgent, USER_AGENT_CHARACTERS);
}
