import { networkKey } from '../../lib/addresses.ts';
import { isoTimeOrLast } from '../../lib/iso-time.ts';
import { createThrottle, perMinute, rateLimited } from '../../lib/throttle.ts';
import type { IceGrant } from '../../signaling/live-rooms/ice-renewal.ts';
import type { HttpDeps } from '../server/deps.ts';
import type { Handlers } from '../server/request-context.ts';

/** Max credentials to try the relay with, per minute and network address (IPv6: /64). */
export const TESTS_PER_MINUTE = 10;

type IceDeps = Pick<HttpDeps, 'clock' | 'rooms' | 'iceServers' | 'testIceServers'>;

/** ICE servers: those of calls for users, those of a test for anybody. */
export function iceRoutes({ clock, rooms, iceServers, testIceServers }: IceDeps) {
  const tests = createThrottle({ clock, rate: perMinute(TESTS_PER_MINUTE) });

  /** @throws ParleyError `rate_limited` */
  function forTest(address: string, requestHost: string): IceGrant {
    const retryAfterMs = tests.take(networkKey(address));
    if (retryAfterMs > 0) throw rateLimited('ice_test', 'tests of the relay from your network', retryAfterMs);
    return testIceServers(requestHost);
  }

  return {
    async getIceServers(context) {
      const requestHost = context.request.headers.get('host') ?? '';
      if (context.query().for === 'test') {
        return context.reply(onWire(forTest(context.address, requestHost)));
      }
      const identity = await context.identity();
      const isWorthless = await rooms.tokens.isWorthless(identity);
      return context.reply(onWire(iceServers(identity, requestHost, undefined, isWorthless)));
    },
  } satisfies Partial<Handlers>;
}

function onWire({ iceServers, expiresAt }: IceGrant) {
  return { iceServers: [...iceServers], expiresAt: isoTimeOrLast(expiresAt) };
}
