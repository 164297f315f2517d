import { type Client, networkKey } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createThrottle, perMinute } from '../lib/throttle.ts';

/** Pairs of reason and network that are remembered. */
export const REFUSALS_REMEMBERED = 4_096;
/** Lines a minute in all: strangers have many addresses. */
export const REFUSALS_PER_MINUTE = 300;

/** Says in the log why access tokens are refused, once a minute for each reason and network. Never the token [TK3]. */
export function createRefusalLog({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
  const each = createThrottle({ clock, rate: perMinute(1), keys: REFUSALS_REMEMBERED });
  const all = createThrottle({ clock, rate: perMinute(REFUSALS_PER_MINUTE), keys: 1 });
  /** @param reason one of a small number of sentences. @param from who showed the token, if that is known */
  return (reason: string, from: Client | undefined): void => {
    const address = from?.address ?? '';
    const key = `${networkKey(address)} ${reason}`;
    if (each.wait(key) > 0 || all.take('') > 0) return;
    each.take(key);
    log.info('access token refused', { reason, address });
  };
}
