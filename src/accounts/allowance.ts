import type { Clock } from '../lib/clock.ts';
import { createThrottle, type Rate, rateLimited } from '../lib/throttle.ts';
import type { LimitName } from '../protocol/limit-names.ts';

interface AllowanceDeps {
  readonly clock: Clock;
  /** Total that one user may spend. */
  readonly user: Rate;
  /** The part of `user` that is allowed even when the network's share is used up. */
  readonly own: Rate;
  /** Shared by the users of one network, beyond their own parts. */
  readonly network: Rate;
  /** As in `wrong passwords`: what there were too many of. */
  readonly what: string;
  readonly limit: LimitName;
}

/** Something that was spent and can be given back if it turns out not to count. */
export interface Spending {
  giveBack(): void;
}

/**
 * A limit per user and per network in which no user can use up what others need. Spending counts against the user at
 * once, so that a thousand concurrent requests count as a thousand; `countFor` decides later what counts against the
 * network.
 */
export function createAllowance({ clock, user, own, network, what, limit }: AllowanceDeps) {
  const users = createThrottle({ clock, rate: user });
  const owns = createThrottle({ clock, rate: own });
  const networks = createThrottle({ clock, rate: network });
  return {
    /** @throws ParleyError `rate_limited` */
    spend(of: { readonly user: string; readonly network: string }): Spending {
      const shared = Math.min(owns.wait(of.user), networks.wait(of.network));
      const retryAfterMs = Math.max(users.wait(of.user), shared);
      if (retryAfterMs > 0) throw rateLimited(limit, what, retryAfterMs);
      users.take(of.user);
      const isOwn = owns.take(of.user) === 0;
      return {
        giveBack() {
          users.giveBack(of.user);
          if (isOwn) owns.giveBack(of.user);
        },
      };
    },
    /** Counts one spending against the network too. */
    countFor(network: string): void {
      networks.take(network);
    },
  };
}

export type Allowance = ReturnType<typeof createAllowance>;
