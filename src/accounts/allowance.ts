import type { Clock } from '../lib/clock.ts';
import { createThrottle, type Rate, rateLimited } from '../lib/throttle.ts';

interface AllowanceDeps {
  readonly clock: Clock;
  /** What one user may spend in all. */
  readonly user: Rate;
  /** How much of it no neighbour can spend: allowed even when the network's share is used up. */
  readonly own: Rate;
  /** What the users of one network share for the rest. */
  readonly network: Rate;
  /** As in `wrong passwords`: what there were too many of. */
  readonly what: string;
}

/** Something that was spent, and may turn out not to count. */
export interface Spending {
  giveBack(): void;
}

/**
 * A limit per user and per network in which nobody can spend what others need. A user's spending counts at once: a
 * thousand requests at the same time are a thousand. What of it counts against the network is said afterwards.
 */
export function createAllowance({ clock, user, own, network, what }: AllowanceDeps) {
  const users = createThrottle({ clock, rate: user });
  const owns = createThrottle({ clock, rate: own });
  const networks = createThrottle({ clock, rate: network });
  return {
    /** @param of user and network. @throws ParleyError `rate_limited` */
    spend(of: { readonly user: string; readonly network: string }): Spending {
      const shared = Math.min(owns.wait(of.user), networks.wait(of.network));
      const retryAfterMs = Math.max(users.wait(of.user), shared);
      if (retryAfterMs > 0) throw rateLimited(what, retryAfterMs);
      users.take(of.user);
      const isOwn = owns.take(of.user) === 0;
      return {
        giveBack() {
          users.giveBack(of.user);
          if (isOwn) owns.giveBack(of.user);
        },
      };
    },
    /** What was spent counts for the network too. */
    countFor(network: string): void {
      networks.take(network);
    },
  };
}

export type Allowance = ReturnType<typeof createAllowance>;
