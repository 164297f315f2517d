import { ParleyError } from '../../domain/errors.ts';
import type { UserId } from '../../domain/ids.ts';
import type { UserKind } from '../../protocol/fields.ts';
import type {
  CredentialRow,
  CredentialStore,
  PasswordChange,
  Registration,
  RegistrationRefusal,
  UserRow,
} from '../contract.ts';
import { ADMIN_SQL } from './admins.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { addToken, beginLogin } from './logins.ts';
import { nameKeyOf } from './users.ts';

const COLUMNS = 'id AS userId, email_key AS emailKey, password_hash AS passwordHash';

/** Every statement finds its row by an index; a test reads the query plans. */
export const CREDENTIAL_SQL = {
  byEmail: `SELECT ${COLUMNS} FROM users WHERE email_key = ?`,
  byUser: `SELECT ${COLUMNS} FROM users WHERE id = ? AND email_key IS NOT NULL`,
  otherByUsername: 'SELECT 1 FROM users WHERE username = ? COLLATE NOCASE AND id <> ?',
  isInvited: `SELECT 1 FROM registration_invites WHERE hash = :invite
    AND (uses IS NULL OR used < uses) AND (expires_at IS NULL OR expires_at > :at)`,
  useInvite: `UPDATE registration_invites SET used = used + 1 WHERE hash = :invite
    AND (uses IS NULL OR used < uses) AND (expires_at IS NULL OR expires_at > :at)`,
  upgrade: `UPDATE users SET kind = 'registered', username = coalesce(:username, username),
      display_name = coalesce(:displayName, display_name), name_key = :nameKey, email = :email,
      email_key = :emailKey, password_hash = :passwordHash, role = coalesce(:role, role)
    WHERE id = :userId`,
  rehash: 'UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?',
  endLogins: `UPDATE logins SET revoked_at = :at
    WHERE user_id = :userId AND revoked_at IS NULL AND id IS NOT :keep RETURNING id`,
  login: 'SELECT 1 FROM logins WHERE id = ?',
} as const;

type Stored = Pick<UserRow, 'kind' | 'username' | 'displayName'>;

interface Invitation {
  readonly invite: Buffer;
  readonly at: number;
}

export function createCredentialStore(database: Connection, { soon, durably }: Batch) {
  const byEmail = database.prepare<[string], CredentialRow>(CREDENTIAL_SQL.byEmail);
  const byUser = database.prepare<[string], CredentialRow>(CREDENTIAL_SQL.byUser);
  const otherByUsername = database.prepare<[string, string], 1>(CREDENTIAL_SQL.otherByUsername).pluck();
  const isInvited = database.prepare<[Invitation], 1>(CREDENTIAL_SQL.isInvited).pluck();
  const useInvite = database.prepare<[Invitation]>(CREDENTIAL_SQL.useInvite);
  const insert = database.prepare<[object]>(
    `INSERT INTO users (id, kind, username, display_name, name_key, email, email_key, password_hash, role, created_at)
     VALUES (:userId, 'registered', :username, :displayName, :nameKey, :email, :emailKey, :passwordHash, :role, :at)`,
  );
  const upgrade = database.prepare<[object]>(CREDENTIAL_SQL.upgrade);
  const stored = database.prepare<[string], Stored>(
    'SELECT kind, username, display_name AS displayName FROM users WHERE id = ?',
  );
  const rehash = database.prepare<[string, string, string]>(CREDENTIAL_SQL.rehash);
  const endLogins = database
    .prepare<[Pick<PasswordChange, 'at' | 'userId' | 'keep'>], string>(CREDENTIAL_SQL.endLogins)
    .pluck();
  const login = database.prepare<[string], 1>(CREDENTIAL_SQL.login).pluck();
  const oneAdmin = database.prepare<[], 1>(ADMIN_SQL.one).pluck();
  const begin = beginLogin(database);
  const add = addToken(database);

  /** Returns why a registration is refused; nothing is changed yet. */
  function refusalOf(
    registration: Registration,
    kind: UserKind | undefined,
  ): RegistrationRefusal | undefined {
    const { userId, username, emailKey, invite, at, onlyWithoutAdmin } = registration;
    if (kind !== undefined && kind !== 'guest') return 'already_registered';
    if (invite !== null && isInvited.get({ invite, at }) === undefined) return 'invite_required';
    if (onlyWithoutAdmin === true && oneAdmin.get() !== undefined) return 'admin_exists';
    if (byEmail.get(emailKey) !== undefined) return 'email_taken';
    const isTaken = username !== null && otherByUsername.get(username, userId) !== undefined;
    return isTaken ? 'username_taken' : undefined;
  }

  const register = database.transaction((registration: Registration): 'registered' | RegistrationRefusal => {
    const { userId, invite, at, token, isGuest, onlyWithoutAdmin: _, ...fields } = registration;
    const guest = stored.get(userId);
    // Whoever was deleted meanwhile must not come back under the same id.
    if (isGuest && guest === undefined) throw loggedOut();
    const refusal = refusalOf(registration, guest?.kind);
    if (refusal !== undefined) return refusal;
    if (invite !== null) useInvite.run({ invite, at });
    const nameKey = nameKeyOf({
      username: fields.username ?? guest?.username ?? null,
      displayName: fields.displayName ?? guest?.displayName ?? null,
    });
    if (guest === undefined) insert.run({ ...fields, nameKey, userId, at });
    else upgrade.run({ ...fields, nameKey, userId });
    if (token === null) return 'registered';
    if (login.get(token.loginId) === undefined) begin(userId, at, token);
    else if (!add(token)) throw loggedOut();
    return 'registered';
  });

  const changePassword = database.transaction((change: PasswordChange): string[] | undefined => {
    const { userId, from, to, keep, at } = change;
    if (rehash.run(to, userId, from).changes === 0) return undefined;
    return endLogins.all({ userId, keep, at });
  });

  return {
    findByEmail: (emailKey: string): CredentialRow | undefined => byEmail.get(emailKey),
    findByUser: (userId: UserId): CredentialRow | undefined => byUser.get(userId),
    isInvited: (invite: Buffer, at: number): boolean => isInvited.get({ invite, at }) !== undefined,
    register: durably(register.immediate),
    rehash: (userId: UserId, from: string, to: string): void => soon(() => rehash.run(to, userId, from)),
    changePassword: durably(changePassword.immediate),
  } satisfies CredentialStore;
}

function loggedOut(): ParleyError {
  return new ParleyError('unauthorized', 'This login has ended. Sign in again.');
}
