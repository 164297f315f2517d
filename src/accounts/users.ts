import { ParleyError } from '../domain/errors.ts';
import type { Ids } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/sqlite/open.ts';
import type { NewUser, UserRow } from '../store/sqlite/users.ts';
import type { VerifiedToken } from './tokens.ts';

interface UsersDeps {
  readonly users: Store['users'];
  readonly clock: Clock;
  readonly ids: Ids;
}

export type Users = ReturnType<typeof createUsers>;

export function createUsers({ users, clock, ids }: UsersDeps) {
  function added(row: Omit<NewUser, 'createdAt'>, insert: (user: NewUser) => boolean): UserRow | undefined {
    const user = { ...row, createdAt: clock.now() };
    if (!insert(user)) return undefined;
    // While the database is locked the row is written later.
    return users.find(row.id) ?? { ...user, email: null, status: 'online', avatarUrl: null, bio: null };
  }

  return {
    find: (id: string): UserRow | undefined => users.find(id),

    /** @throws ParleyError `username_taken` */
    addGuest(username: string | null, displayName: string | null): UserRow {
      const guest = added({ id: ids.userId(), kind: 'guest', username, displayName }, users.insert);
      if (guest !== undefined) return guest;
      throw new ParleyError('username_taken', `The username ${username} is taken. Choose another.`);
    },

    /**
     * The user that a token speaks for; created, as external, when it is seen first. Its username is stored unless
     * it is taken.
     * @throws ParleyError `unauthorized` if the trusted issuer speaks for a user that is not its own [TK3]
     */
    findOrCreate({ userId: id, username, displayName, signer }: VerifiedToken): UserRow {
      const stranger = { id, kind: 'external', displayName } as const;
      const user =
        users.find(id) ??
        added({ ...stranger, username }, users.insertSoon) ??
        added({ ...stranger, username: null }, users.insertSoon);
      if (user === undefined) throw new Error(`the user ${id} can't be created`);
      if (signer === 'own' || user.kind === 'external') return user;
      throw new ParleyError('unauthorized', "This user is not the trusted issuer's. Sign in here.");
    },
  };
}
