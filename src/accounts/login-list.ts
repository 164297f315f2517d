import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import { noSuchUser } from '../domain/refusals.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { LoginEntry } from '../protocol/bodies.ts';
import type { HeldLogin } from '../store/contract.ts';
import type { Logins } from './logins.ts';
import type { Users } from './users.ts';

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

/** Where others are signed in, for admins [AD4]. @throws ParleyError `user_not_found` */
export interface OthersLogins {
  /** The user's logins that hold, the last used first. `current`: the login of who asks. */
  of(userId: string, asker: Pick<Identity, 'loginId'>): Promise<LoginEntry[]>;
  /** Ends one login: its tokens and sessions end at once. @throws ParleyError `not_found` */
  end(userId: string, loginId: string): Promise<void>;
  endAll(userId: string): Promise<void>;
}

export function createLoginList(logins: Pick<Logins, 'ofUser' | 'end' | 'endAll'>): LoginList {
  async function heldBy({ userId, loginId }: Bearer) {
    return loginId === null ? [] : logins.ofUser(userId);
  }

  return {
    async of(bearer) {
      return describe(await heldBy(bearer), bearer);
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

export function createOthersLogins(
  logins: Pick<Logins, 'ofUser' | 'end' | 'endAll'>,
  users: Pick<Users, 'find'>,
): OthersLogins {
  async function find(id: string): Promise<UserId> {
    const user = await users.find(id);
    if (user === undefined) throw noSuchUser();
    return user.id;
  }

  return {
    async of(id, asker) {
      return describe(await logins.ofUser(await find(id)), asker);
    },

    async end(id, loginId) {
      const userId = await find(id);
      if (!(await logins.ofUser(userId)).some((login) => login.id === loginId)) {
        throw new ParleyError(
          'not_found',
          'The user has no such login. GET /users/:id/logins lists those that hold.',
        );
      }
      await logins.end({ loginId, userId });
    },

    async endAll(id) {
      await logins.endAll(await find(id));
    },
  };
}

function describe(logins: readonly HeldLogin[], { loginId }: Pick<Identity, 'loginId'>): LoginEntry[] {
  return logins.map(({ id, createdAt, lastUsedAt, userAgent }) => ({
    id,
    createdAt: isoTime(createdAt),
    lastUsedAt: isoTime(lastUsedAt),
    userAgent,
    current: id === loginId,
  }));
}
