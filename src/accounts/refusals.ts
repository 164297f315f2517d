import { type Client, networkKey } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createThrottle, perMinute } from '../lib/throttle.ts';

/** Max pairs of reason and network that are remembered. */
export const REFUSALS_REMEMBERED = 4_096;
/** Max log lines per minute in total, because strangers may have many addresses. */
export const REFUSALS_PER_MINUTE = 300;

/** Logs why access tokens are refused, once a minute per reason and network. Never logs the token [TK3]. */
export function createRefusalLog({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
  const each = createThrottle({ clock, rate: perMinute(1), keys: REFUSALS_REMEMBERED });
  const all = createThrottle({ clock, rate: perMinute(REFUSALS_PER_MINUTE), keys: 1 });
  /** @param reason one of a fixed set of sentences. @param from who showed the token, if known */
  return (reason: string, from: Client | undefined): void => {
    const address = from?.address ?? '';
    const key = `${networkKey(address)} ${reason}`;
    if (each.wait(key) > 0 || all.take('') > 0) return;
    each.take(key);
    log.info('access token refused', { reason, address });
  };
}
