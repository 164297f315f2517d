import { ParleyError } from '../domain/errors.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import { type User, UserKind, UserStatus } from '../protocol/fields.ts';
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
     * The user that a token stands for, kept at first sight. Its username is kept unless somebody has it already.
     * @throws ParleyError `unauthorized` where the trusted issuer speaks for a user that is not its own [TK3]
     */
    ofToken({ userId: id, username, displayName, signer }: VerifiedToken): UserRow {
      const stranger = { id, kind: 'external', displayName } as const;
      const user =
        users.find(id) ??
        added({ ...stranger, username }, users.insertSoon) ??
        added({ ...stranger, username: null }, users.insertSoon);
      if (user === undefined) throw new Error(`the user ${id} can't be kept`);
      if (signer === 'own' || user.kind === 'external') return user;
      throw new ParleyError('unauthorized', "This user is not the trusted issuer's. Sign in here.");
    },
  };
}

/** SQLite makes new strings for each row: sessions, of which there are many, share these. */
const kinds = new Map(UserKind.options.map((kind) => [kind, kind]));
const statuses = new Map(UserStatus.options.map((status) => [status, status]));

/** As others see them: without `email`. Field by field, as an object of one shape is the smallest. */
export function publicUser(row: UserRow): User & { readonly id: UserId } {
  return {
    id: row.id,
    kind: kinds.get(row.kind) ?? row.kind,
    username: row.username,
    displayName: row.displayName,
    status: statuses.get(row.status) ?? row.status,
    avatarUrl: row.avatarUrl,
    bio: row.bio,
    createdAt: new Date(row.createdAt).toISOString(),
  };
}
