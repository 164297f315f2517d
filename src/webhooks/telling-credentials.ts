import { andThen } from '../lib/awaitable.ts';
import type { User } from '../protocol/fields.ts';
import type { Store, UserRow } from '../store/contract.ts';
import type { Outbox } from './outbox.ts';

interface TellingCredentialsDeps {
  readonly store: Pick<Store, 'credentials' | 'users' | 'atomically'>;
  readonly outbox: Outbox;
  /** A user as others see it. */
  readonly describe: (row: UserRow) => User;
}

/** Credentials that write `user.registered` in the transaction that stores the account [CT5]. */
export function createTellingCredentials({
  store,
  outbox,
  describe,
}: TellingCredentialsDeps): Store['credentials'] {
  const { credentials, users } = store;
  return {
    ...credentials,
    register: (registration) =>
      store.atomically(
        () =>
          andThen(credentials.register(registration), (outcome) => {
            if (outcome !== 'registered') return outcome;
            return andThen(users.find(registration.userId), (user) => {
              if (user !== undefined) outbox.tell('user.registered', user.id, { user: describe(user) });
              return outcome;
            });
          }),
        true,
      ),
  };
}
