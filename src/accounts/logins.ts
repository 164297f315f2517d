import { createHash } from 'node:crypto';
import { ParleyError } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import { createThrottle, perMinute, rateLimited } from '../lib/throttle.ts';
import { REFRESH_GRACE_MS, REFRESH_TOKEN_MS, REFRESHES_PER_MINUTE } from '../protocol/limits.ts';
import type { Store } from '../store/sqlite/open.ts';

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

export type Logins = ReturnType<typeof createLogins>;

/**
 * Refresh tokens: each is good once, and for `REFRESH_GRACE_MS` more, as its reply may have been lost. A used one that
 * comes later was stolen, or its successor was: the login ends [TK5].
 */
export function createLogins({ logins, clock, ids, events }: LoginsDeps) {
  const uses = createThrottle({ clock, rate: perMinute(REFRESHES_PER_MINUTE) });

  function newToken(loginId: string) {
    const refreshToken = ids.secret();
    const row = { hash: sha256(refreshToken), loginId, expiresAt: clock.now() + REFRESH_TOKEN_MS };
    return { refreshToken, row };
  }

  function end(loginId: string): void {
    if (logins.revoke(loginId, clock.now())) events.publish('login.ended', { loginId });
  }

  /** Somebody else has had this token: which of the two is the thief can't be told. */
  function reused(loginId: string): ParleyError {
    end(loginId);
    return new ParleyError(
      'refresh_token_reused',
      'This refresh token was used before, so its login was ended. Sign in again.',
    );
  }

  return {
    begin(userId: UserId): Login {
      const loginId = ids.unique();
      const { refreshToken, row } = newToken(loginId);
      logins.begin(userId, clock.now(), row);
      return { loginId, userId, refreshToken };
    },

    /** @throws ParleyError `unauthorized`, `refresh_token_reused`, `rate_limited` (nothing is used up then) */
    next(refreshToken: string): Login {
      const hash = sha256(refreshToken);
      const now = clock.now();
      const known = logins.findToken(hash);
      if (known === undefined) throw signInAgain('is not known');
      const { id: loginId, userId, usedAt, revokedAt, expiresAt } = known;
      // The wall clock may have been set back meanwhile.
      const isRepeated = usedAt !== null && Math.abs(now - usedAt) <= REFRESH_GRACE_MS;
      if (!isRepeated) {
        if (expiresAt <= now) throw signInAgain('has expired');
        if (usedAt !== null) throw reused(loginId);
      }
      if (revokedAt !== null) throw signInAgain('belongs to a login that was ended');
      // Of this login alone, and only what would succeed: nobody else can spend it.
      const retryAfterMs = uses.take(loginId);
      if (retryAfterMs > 0) throw rateLimited('too many refreshes of this login', retryAfterMs);
      const { refreshToken: nextToken, row } = newToken(loginId);
      if (isRepeated || !logins.rotate(hash, now, row)) logins.add(row);
      return { loginId, userId, refreshToken: nextToken };
    },

    /** Its refresh tokens and access tokens stop working at once. */
    end,

    /** `unknown`: not one of ours, as in a token that another backend made. */
    state(loginId: string): 'open' | 'ended' | 'unknown' {
      const login = logins.find(loginId);
      if (login === undefined) return 'unknown';
      return login.revokedAt === null ? 'open' : 'ended';
    },
  };
}

function signInAgain(why: string): ParleyError {
  return new ParleyError('unauthorized', `The refresh token ${why}. Sign in again.`);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
