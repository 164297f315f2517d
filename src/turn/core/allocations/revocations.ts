import { BoundedMap } from '../../../lib/bounded-map.ts';
import type { Log } from '../../../lib/log.ts';
import type { Allocations } from './allocations.ts';

/** Max revoked users that are remembered. The oldest are forgotten first, normally after their credentials have expired. */
export const MAX_REVOCATIONS = 100_000;

/** The latest revoked users. The relay's main thread keeps a copy, for a worker thread that replaces one that died. */
export class RevokedUsers {
  readonly #ids = new BoundedMap<string, true>(MAX_REVOCATIONS);

  add(userId: string): void {
    this.#ids.set(userId, true);
  }

  has(userId: string): boolean {
    return this.#ids.has(userId);
  }

  /** The oldest first. */
  list(): string[] {
    return [...this.#ids.keys()];
  }

  get size(): number {
    return this.#ids.size;
  }
}

interface RevocationsDeps {
  allocations: Pick<Allocations, 'endOf'>;
  log: Log;
}

/**
 * Where TURN credentials die. They end in one of two ways:
 * - They expire. Their user name carries the date (`ice/credentials.ts`), and from then on an Allocate gets 401
 *   (`requests/authentication.ts`). An allocation that exists lives on, so that a long call isn't cut off.
 * - They are revoked: the session left its call, was kicked or ended, or the login signed out. `ice/ice.ts` hears of it and
 *   tells the relay's thread, which calls `revoke`.
 */
export class Revocations {
  readonly #allocations: RevocationsDeps['allocations'];
  readonly #log: Log;
  readonly #users = new RevokedUsers();

  constructor({ allocations, log }: RevocationsDeps) {
    this.#allocations = allocations;
    this.#log = log;
  }

  /** Ends the user's allocations and port reservations at once, and refuses its credentials from now on. */
  revoke(userId: string): void {
    this.#users.add(userId);
    const ended = this.#allocations.endOf(userId);
    if (ended > 0) this.#log.debug("turn: ended a revoked user's allocations", { user: userId, ended });
  }

  /** Whether requests with the user's credentials get 401. */
  isRevoked(userId: string): boolean {
    return this.#users.has(userId);
  }
}
