import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Publisher } from '../domain/events.ts';
import type { Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import { noSuchUser } from '../domain/refusals.ts';
import type { Clock } from '../lib/clock.ts';
import type { DeletionStore } from '../store/contract.ts';
import { type Logins, REFRESH_TOKEN_MS } from './logins.ts';
import type { PasswordSignIn } from './password-sign-in.ts';

/** Whoever deletes a user: the user itself or an admin. */
interface Deleter {
  readonly identity: Identity;
  /** The user's own password; undefined if none was sent. Admins need none for others. */
  readonly password: string | undefined;
  /** Where the request comes from, for its turn to hash. */
  readonly address: string;
  /** Called after a wait. @returns who asks as of now. @throws ParleyError `unauthorized`, `forbidden` */
  confirm(): Promise<unknown>;
}

/** The end of an account [AC5]. */
export interface Deletions {
  /**
   * Deletes a user with its logins, rooms and bans. Its tokens stop working and its sessions end at once.
   * @throws ParleyError `user_not_found`; `wrong_password`; `rate_limited` if too many passwords wait to be hashed
   */
  delete(userId: string, by: Deleter): Promise<void>;
}

/**
 * Max refresh tokens that go with their user in one transaction, which holds up every call: some 50 ms. A client that never
 * leaves has 750.
 */
export const TOKENS_AT_ONCE = 10_000;
/** Rows that go in one step if there are more. */
const ROWS_PER_STEP = 1_000;

interface DeletionsDeps {
  readonly deletions: Pick<DeletionStore, 'delete' | 'hasMany' | 'removeEnded' | 'detach'>;
  readonly logins: Pick<Logins, 'noteEnded' | 'endAll'>;
  readonly passwords: Pick<PasswordSignIn, 'confirm'>;
  readonly clock: Clock;
  readonly events: Publisher;
}

export function createDeletions({ deletions, logins, passwords, clock, events }: DeletionsDeps): Deletions {
  /**
   * Ends and removes the logins of a user who has more tokens than anybody needs, a few at a time. If that fails
   * midway, the user is still there, and signed out.
   */
  async function removeLogins(userId: UserId): Promise<void> {
    await logins.endAll(userId);
    while ((await deletions.removeEnded(userId, ROWS_PER_STEP)) === ROWS_PER_STEP) await nextTurn();
  }

  return {
    async delete(id, { identity, password, address, confirm }) {
      const userId = id as UserId;
      if (identity.userId === userId) {
        await passwords.confirm(userId, password, address);
        await confirm();
      }
      if (await deletions.hasMany(userId, TOKENS_AT_ONCE)) await removeLogins(userId);
      while ((await deletions.detach(userId, ROWS_PER_STEP)) === ROWS_PER_STEP) await nextTurn();
      const now = clock.now();
      const deletion = await deletions.delete(userId, { now, until: now + REFRESH_TOKEN_MS });
      if (deletion === undefined) throw noSuchUser();
      const { roomIds, loginIds } = deletion;
      logins.noteEnded(userId, loginIds, now);
      events.publish('user.deleted', { userId, roomIds });
    },
  };
}
