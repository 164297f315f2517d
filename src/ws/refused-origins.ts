import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createThrottle, perMinute } from '../lib/throttle.ts';

/** Max origins remembered as logged; the oldest is forgotten first. */
export const LOGGED_ORIGINS = 256;
/** Max log lines per minute in total, because a client can make up any number of origins. */
export const ORIGIN_LINES_PER_MINUTE = 30;
/** Max characters of an origin or host in the log. */
const LOGGED_CHARACTERS = 256;

/** Logs a refused upgrade [HT6], once per minute and origin, because an operator can't see otherwise why a page doesn't connect. */
export function createRefusedOrigins(deps: { readonly clock: Clock; readonly log: Log }) {
  const { clock, log } = deps;
  const byOrigin = createThrottle({ clock, rate: perMinute(1), keys: LOGGED_ORIGINS });
  const inAll = createThrottle({ clock, rate: perMinute(ORIGIN_LINES_PER_MINUTE), keys: 1 });
  return (origin: string, host: string): void => {
    const shown = origin.slice(0, LOGGED_CHARACTERS);
    if (byOrigin.wait(shown) > 0 || inAll.take('') > 0) return;
    byOrigin.take(shown);
    log.warn('WebSocket refused: pages of this origin may not connect. Set PUBLIC_URL or CORS_ORIGINS', {
      origin: shown,
      host: host.slice(0, LOGGED_CHARACTERS),
    });
  };
}
