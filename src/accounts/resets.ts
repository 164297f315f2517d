import { ParleyError } from '../domain/errors.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import { noSuchUser } from '../domain/refusals.ts';
import type { Clock } from '../lib/clock.ts';
import type { Passwords } from '../lib/passwords.ts';
import { sha256 } from '../lib/secrets.ts';
import type { ResetRequest } from '../protocol/bodies.ts';
import type { Store } from '../store/contract.ts';
import type { Logins } from './logins.ts';
import { turnAt } from './password-check.ts';

/** Milliseconds in which a reset link works. */
export const RESET_LINK_MS = 86_400_000;

/** New passwords for users who have a link from an admin. */
export interface Resets {
  /**
   * Sets a new password by the token of a link, and ends all logins of its user.
   * @param address who asks, for its turn to hash
   * @throws ParleyError `invalid_token`; `rate_limited` if too many passwords wait to be hashed, which doesn't use the token up
   */
  reset(request: ResetRequest, address: string): Promise<void>;
  /**
   * Makes a link by which the user can set a new password once. Older links of the user are worthless from then on.
   * @returns its token, which isn't stored
   * @throws ParleyError `user_not_found`; `forbidden` for a user without an e-mail address to sign in with
   */
  link(userId: string): Promise<ResetLink>;
}

export interface ResetLink {
  /** Secret. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface ResetsDeps {
  readonly resetLinks: Store['resetLinks'];
  readonly users: Pick<Store['users'], 'find'>;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly logins: Pick<Logins, 'noteEnded'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

export function createResets(deps: ResetsDeps): Resets {
  const { resetLinks, users, passwords, logins, clock } = deps;
  return {
    async link(id) {
      const user = await users.find(id);
      if (user === undefined) throw noSuchUser();
      if (user.email === null) throw noAddress();
      const expiresAt = clock.now() + RESET_LINK_MS;
      return { token: await makeResetToken(user.id, deps), expiresAt };
    },

    async reset({ token, password }, address) {
      const link = sha256(token);
      const userId = await resetLinks.find(link, clock.now());
      // Before the hash, which is a quarter of a second of work.
      if (userId === undefined) throw invalidLink();
      const passwordHash = await passwords.hash(password, turnAt(userId, address));
      const now = clock.now();
      const done = await resetLinks.use(link, passwordHash, now);
      // Another request was faster, or the link expired meanwhile.
      if (done === undefined) throw invalidLink();
      logins.noteEnded(userId, done.revokedLogins, now);
    },
  };
}

/**
 * Makes a link by which the user can set a new password once. Older links of the user are worthless from then on.
 * @returns its token, which isn't stored
 * @throws ParleyError `user_not_found`
 */
export async function makeResetToken(
  userId: UserId,
  { resetLinks, clock, ids }: { resetLinks: Store['resetLinks']; clock: Clock; ids: Ids },
): Promise<string> {
  const token = ids.secret();
  const link = { hash: sha256(token), userId, expiresAt: clock.now() + RESET_LINK_MS };
  if (!(await resetLinks.replace(link))) throw noSuchUser();
  return token;
}

function invalidLink(): ParleyError {
  return new ParleyError(
    'invalid_token',
    'This link for a new password is wrong, older than a day, or used. Ask an admin of this server for another.',
  );
}

function noAddress(): ParleyError {
  return new ParleyError(
    'forbidden',
    'This user signs in without an e-mail address, so a password would open nothing. Choose a registered user.',
  );
}
