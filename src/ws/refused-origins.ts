import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createThrottle, perMinute } from '../lib/throttle.ts';

/** Origins that are remembered as logged; the oldest goes first. */
export const LOGGED_ORIGINS = 256;
/** Lines a minute, whatever the number of origins: anybody can make some up. */
export const ORIGIN_LINES_PER_MINUTE = 30;
/** Characters of an origin or host that are logged. */
const SHOWN = 256;

/** Logs a refused upgrade [HT6]: each origin once a minute. Without a line nobody finds out why no page connects. */
export function createRefusedOrigins(deps: { readonly clock: Clock; readonly log: Log }) {
  const { clock, log } = deps;
  const byOrigin = createThrottle({ clock, rate: perMinute(1), keys: LOGGED_ORIGINS });
  const inAll = createThrottle({ clock, rate: perMinute(ORIGIN_LINES_PER_MINUTE), keys: 1 });
  return (origin: string, host: string): void => {
    const shown = origin.slice(0, SHOWN);
    if (byOrigin.wait(shown) > 0 || inAll.take('') > 0) return;
    byOrigin.take(shown);
    log.warn('WebSocket refused: pages of this origin may not connect. Set PUBLIC_URL or CORS_ORIGINS', {
      origin: shown,
      host: host.slice(0, SHOWN),
    });
  };
}
