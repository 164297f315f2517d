import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { createGuestLimit } from './accounts/guest-limit.ts';
import { tokenKeys } from './accounts/keys.ts';
import { createSignIns } from './accounts/sign-ins.ts';
import type { Config } from './config/config.ts';
import type { Publisher } from './domain/events.ts';
import type { Ids, UserId } from './domain/ids.ts';
import type { Clock } from './lib/clock.ts';
import type { LimitHits } from './lib/limit-hits.ts';
import type { Log } from './lib/log.ts';
import type { Passwords } from './lib/passwords.ts';
import type { Store } from './store/contract.ts';

interface AccountParts {
  readonly config: Config;
  readonly store: Store;
  readonly passwords: Passwords;
  /** Whether the user has a session. */
  readonly isOnline: (userId: UserId) => boolean;
  readonly limitHits: LimitHits;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Publisher;
  readonly log: Log;
}

/** Creates what signs users in, with the keys of their tokens. */
export async function startAccounts(parts: AccountParts): Promise<Accounts> {
  const { config, store, clock, ids } = parts;
  const { limits } = config;
  return createAccounts({
    ...parts,
    keys: await tokenKeys(config.jwtSecret, { keys: store.keys, clock, ids }),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
    trusted: config.trustedIssuer,
    oidc: config.oidc,
    guests: createGuestLimit(clock, limits.guestsPerMinute),
    signIns: createSignIns(clock, limits.signInsPerMinute),
    registrationPolicy: config.registration,
    takesGuests: config.guests,
  });
}
