import { ParleyError } from '../domain/errors.ts';
import type { Ids } from '../domain/ids.ts';
import type { Awaitable } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { NewUser, Store, UserRow } from '../store/contract.ts';
import type { VerifiedToken } from './tokens.ts';

interface UsersDeps {
  readonly users: Store['users'];
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What a new user hasn't set yet. */
const NEW_USER = {
  email: null,
  status: 'online',
  customStatus: null,
  avatarUrl: null,
  bio: null,
  role: null,
} as const;

export type Users = ReturnType<typeof createUsers>;

export function createUsers({ users, clock, ids }: UsersDeps) {
  const insertSoon = (user: NewUser) => users.insertSoon(user);

  /** Returns undefined if the id or the username is taken. */
  async function create(
    about: Omit<NewUser, 'createdAt'>,
    insert: (user: NewUser) => Awaitable<boolean>,
  ): Promise<UserRow | undefined> {
    const user = { ...about, createdAt: clock.now() };
    if (!(await insert(user))) return undefined;
    // While the database is locked, the row is written later.
    return (await users.find(about.id)) ?? { ...user, ...NEW_USER };
  }

  async function createExternal({
    userId: id,
    loginId,
    username,
    displayName,
  }: VerifiedToken): Promise<UserRow> {
    if (loginId !== null) throw userIsGone();
    const stranger = { id, kind: 'external', displayName } as const;
    const user =
      (await create({ ...stranger, username }, insertSoon)) ??
      (await create({ ...stranger, username: null }, insertSoon)) ??
      // Two first tokens of one user at once: the other one has created it.
      (await users.find(id));
    if (user === undefined) throw new Error(`the user ${id} can't be created`);
    return user;
  }

  return {
    find: (id: string): Awaitable<UserRow | undefined> => users.find(id),

    /** @throws ParleyError `username_taken` */
    async createGuest(username: string | null, displayName: string | null): Promise<UserRow> {
      const guest = await create({ id: ids.userId(), kind: 'guest', username, displayName }, (user) =>
        users.insert(user),
      );
      if (guest !== undefined) return guest;
      throw usernameTaken(username);
    },

    /**
     * The user that a token speaks for, created as an external one when it is seen first. Its username is stored
     * unless it is taken.
     * @throws ParleyError `unauthorized` if the trusted issuer speaks for a user that is not its own [TK3], or if the token's
     *   login was that of a user who is gone
     */
    async findOrCreate(token: VerifiedToken): Promise<UserRow> {
      const user = (await users.find(token.userId)) ?? (await createExternal(token));
      if (token.signer === 'own' || user.kind === 'external') return user;
      throw new ParleyError('unauthorized', "This user is not the trusted issuer's. Sign in here.");
    },
  };
}

function userIsGone(): ParleyError {
  return new ParleyError('unauthorized', 'The user of this access token is gone. Sign in again.');
}

/** Returns the refusal of a username that another user has, ignoring case [AC1]. */
export function usernameTaken(username: string | null): ParleyError {
  return new ParleyError('username_taken', `The username ${username} is taken. Choose another.`);
}

export function emailTaken(): ParleyError {
  return new ParleyError(
    'email_taken',
    'This e-mail address has an account. Sign in, or use another address.',
  );
}
