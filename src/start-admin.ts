import * as v from 'valibot';
import type { ServerFacts } from './http/server/server-facts.ts';
import { andThen } from './lib/awaitable.ts';
import type { Clock } from './lib/clock.ts';
import { DoctorReport } from './protocol/admin-bodies.ts';
import type { Store } from './store/contract.ts';
import { findVersions, type Versions } from './versions.ts';

interface AdminParts {
  readonly store: Pick<Store, 'settings'>;
  readonly clock: Clock;
}

const Stored = v.pipe(v.string(), v.parseJson(), DoctorReport);

/** Gathers what the server knows of itself, for admins. */
export function startServerFacts({ store, clock }: AdminParts): ServerFacts {
  let versions: Versions | undefined;
  return {
    startedAt: clock.now(),
    version() {
      versions ??= findVersions();
      return versions;
    },
    doctor: () =>
      andThen(store.settings.read('doctor'), (stored) => {
        const { success, output } = v.safeParse(Stored, stored);
        return success ? output : null;
      }),
  };
}
