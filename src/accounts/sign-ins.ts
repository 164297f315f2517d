import { networkKey } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import { createThrottle, perMinute, rateLimited } from '../lib/throttle.ts';

/** Limits how often a network may try to get a login by something it knows: a password, a link, a code [AC2]. */
export interface SignIns {
  /**
   * Counts one well-formed try, good or bad. Call it once the body is parsed, before any work is done for it.
   * @throws ParleyError `rate_limited`
   */
  count(address: string): void;
}

/** @param max tries per minute and network (IPv6: /64) */
export function createSignIns(clock: Clock, max: number): SignIns {
  const networks = createThrottle({ clock, rate: perMinute(max) });
  return {
    count(address) {
      const retryAfterMs = networks.take(networkKey(address));
      if (retryAfterMs > 0) throw rateLimited('sign_ins', 'sign-ins from your network', retryAfterMs);
    },
  };
}
