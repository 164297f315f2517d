import { ParleyError } from '../domain/errors.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import type { Awaitable } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { UserKind } from '../protocol/fields.ts';
import type { NewUser, Store, UserRow } from '../store/contract.ts';
import type { VerifiedToken } from './tokens.ts';

interface UsersDeps {
  readonly users: Store['users'];
  readonly deletions: Pick<Store['deletions'], 'deletedAt'>;
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

export function createUsers({ users, deletions, clock, ids }: UsersDeps) {
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
    // Only a sign-in begins a login, so its user has been here.
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

  /**
   * [AC5] After its user was deleted, a token that was issued before, or doesn't say when, stays bad, even if a later one has
   * made the user anew.
   */
  async function checkDeletion({ userId, loginId, issuedAt }: VerifiedToken, kind?: UserKind): Promise<void> {
    if (loginId !== null || (kind !== undefined && kind !== 'external')) return;
    const deletedAt = await deletions.deletedAt(userId);
    if (deletedAt === undefined) return;
    if (issuedAt === null || Math.floor(issuedAt) <= Math.floor(deletedAt / 1_000)) throw userIsGone();
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

    /** Returns the user of this id, created as an external one if there is none, as by the first token [CT0]. */
    async findOrIntroduce(id: UserId): Promise<UserRow> {
      const known = await users.find(id);
      if (known !== undefined) return known;
      const stranger = { id, kind: 'external', username: null, displayName: null } as const;
      const user = (await create(stranger, (row) => users.insert(row))) ?? (await users.find(id));
      if (user === undefined) throw new Error(`the user ${id} can't be created`);
      return user;
    },

    /**
     * The user that a token speaks for, created as an external one when it is seen first. Its username is stored
     * unless it is taken.
     * @throws ParleyError `unauthorized` if the trusted issuer speaks for a user that is not its own [TK3], or if the token
     *   is of a user who was deleted [AC5]
     */
    async findOrCreate(token: VerifiedToken): Promise<UserRow> {
      const known = await users.find(token.userId);
      await checkDeletion(token, known?.kind);
      const user = known ?? (await createExternal(token));
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
