import type { Publisher } from '../domain/events.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { tokenKey } from '../lib/secrets.ts';
import type { Store, UserRow } from '../store/contract.ts';
import type { VerifiedToken } from './tokens.ts';

/** Max tokens of external users that are remembered, about 2 MB. A forgotten one counts as new if it comes again. */
export const TOKENS_SEEN = 16_384;

interface TokenNamesDeps {
  readonly users: Pick<Store['users'], 'find' | 'takeNamesSoon'>;
  readonly events: Publisher;
}

/**
 * Takes names from each new token of an external user [TK1]. A token that was seen before says nothing new: it must undo
 * neither what a later token brought nor what the user has set since.
 */
export function createTokenNames({ users, events }: TokenNamesDeps) {
  /** By `tokenKey`. */
  const seen = new BoundedMap<string, true>(TOKENS_SEEN);

  function isNew(accessToken: string): boolean {
    const key = tokenKey(accessToken);
    if (seen.has(key)) return false;
    seen.set(key, true);
    return true;
  }

  return {
    /**
     * Publishes `user.changed` if the token brings another name. A login's token brings none: it was made here.
     * @param user of the token
     * @returns the user as it is stored then
     */
    async take(user: UserRow, token: VerifiedToken, accessToken: string): Promise<UserRow> {
      if (user.kind !== 'external' || token.loginId !== null || !isNew(accessToken)) return user;
      const { username, displayName } = token;
      const isSame = (row: UserRow): boolean =>
        (username ?? row.username) === row.username && (displayName ?? row.displayName) === row.displayName;
      if (isSame(user)) return user;
      await users.takeNamesSoon(user.id, { username, displayName });
      const renamed = (await users.find(user.id)) ?? user;
      if (renamed.username !== user.username || renamed.displayName !== user.displayName) {
        events.publish('user.changed', { userId: user.id });
      }
      return renamed;
    },
  };
}

export type TokenNames = ReturnType<typeof createTokenNames>;
