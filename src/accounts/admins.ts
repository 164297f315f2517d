import type { Publisher } from '../domain/events.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { Passwords } from '../lib/passwords.ts';
import type { Store } from '../store/contract.ts';
import { emailKeyOf } from './email-key.ts';
import { emailTaken } from './users.ts';

/** How often (ms) to look for admins whom another process has made. Requests look by themselves, open sessions don't. */
export const LOOK_MS = 1_000;

/** Notices admins whom another process has made, such as `parley admin create` beside the running server [TK7]. */
export interface Admins {
  /**
   * Publishes `user.changed` for each user whom another process has made an admin since the last call. Call it before
   * rights are checked, except on the hot path: it costs some microseconds.
   */
  notice(): Awaitable<void>;
  /** This process has changed the user: whatever another one makes of it next is news. */
  forget(userId: UserId): void;
  close(): void;
}

interface AdminsDeps {
  readonly store: Pick<Store, 'admins' | 'changedElsewhere'>;
  readonly clock: Clock;
  readonly events: Publisher;
}

export async function createAdmins({ store, clock, events }: AdminsDeps): Promise<Admins> {
  let known = new Set(await store.admins.ids());

  function compare(ids: readonly UserId[]): void {
    const now = new Set(ids);
    const changed = [...ids.filter((id) => !known.has(id)), ...[...known].filter((id) => !now.has(id))];
    for (const userId of changed) events.publish('user.changed', { userId });
    known = now;
  }

  function notice(): Awaitable<void> {
    return andThen(store.changedElsewhere(), (isChanged) =>
      isChanged ? andThen(store.admins.ids(), compare) : undefined,
    );
  }

  return { notice, forget: (userId) => void known.delete(userId), close: clock.every(LOOK_MS, notice) };
}

interface NewAdminDeps {
  readonly credentials: Store['credentials'];
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Registers an admin who isn't signed in. @throws ParleyError `email_taken` */
export async function registerAdmin(
  { email, password }: { readonly email: string; readonly password: string },
  { credentials, passwords, clock, ids }: NewAdminDeps,
): Promise<void> {
  const userId = ids.userId();
  const outcome = await credentials.register({
    userId,
    isGuest: false,
    username: null,
    displayName: null,
    email,
    emailKey: emailKeyOf(email),
    passwordHash: await passwords.hash(password, { network: '', user: userId }),
    role: 'admin',
    at: clock.now(),
    invite: null,
    token: null,
  });
  if (outcome !== 'registered') throw emailTaken();
}
