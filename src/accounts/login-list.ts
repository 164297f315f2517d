import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { LoginEntry } from '../protocol/bodies.ts';
import type { Logins } from './logins.ts';

type Bearer = Pick<Identity, 'userId' | 'loginId'>;

/** Where a user is signed in. A backend's token has no login: it sees none and ends none [AC6]. */
export interface LoginList {
  /** The user's logins that hold, the last used first. */
  of(bearer: Bearer): Promise<LoginEntry[]>;
  /** Ends one login of the user: its tokens and sessions end at once. @throws ParleyError `not_found` */
  end(bearer: Bearer, loginId: string): Promise<void>;
  /** Ends all logins of the user, this one too. */
  endAll(bearer: Bearer): Promise<void>;
}

export function createLoginList(logins: Pick<Logins, 'ofUser' | 'end' | 'endAll'>): LoginList {
  async function heldBy({ userId, loginId }: Bearer) {
    return loginId === null ? [] : logins.ofUser(userId);
  }

  return {
    async of(bearer) {
      return (await heldBy(bearer)).map(({ id, createdAt, lastUsedAt, userAgent }) => ({
        id,
        createdAt: isoTime(createdAt),
        lastUsedAt: isoTime(lastUsedAt),
        userAgent,
        current: id === bearer.loginId,
      }));
    },

    async end(bearer, loginId) {
      if (!(await heldBy(bearer)).some(({ id }) => id === loginId)) {
        throw new ParleyError('not_found', 'You have no such login. GET /auth/logins lists those you have.');
      }
      await logins.end({ loginId, userId: bearer.userId });
    },

    async endAll({ userId, loginId }) {
      if (loginId !== null) await logins.endAll(userId);
    },
  };
}
