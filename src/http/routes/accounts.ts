import type * as v from 'valibot';
import { GuestRequest, type MeReply, RefreshRequest } from '../../protocol/bodies.ts';
import type { HttpDeps } from '../server/deps.ts';
import { json, noContent } from '../server/reply.ts';
import type { Route } from '../server/route.ts';

/** Others may keep our public keys for so long; a rotated key verifies for longer [TK2]. */
const JWKS_CACHE = 'public, max-age=300';

/** People and their tokens. A guest is counted before its body is parsed. */
export function accountRoutes({ accounts }: Pick<HttpDeps, 'accounts'>): Route[] {
  return [
    {
      method: 'POST',
      path: '/auth/guest',
      handle: async (call) => {
        accounts.countGuest(call.address);
        return json(201, await accounts.guest(call.body(GuestRequest)));
      },
    },
    {
      method: 'POST',
      path: '/auth/refresh',
      handle: async (call) => {
        const { refreshToken } = call.body(RefreshRequest);
        return json(200, await accounts.refresh(refreshToken));
      },
    },
    {
      method: 'POST',
      path: '/auth/logout',
      who: 'bearer',
      handle: async (call) => {
        accounts.logout(await call.identity());
        return noContent();
      },
    },
    {
      method: 'GET',
      path: '/auth/me',
      who: 'bearer',
      handle: async (call) => {
        const user = accounts.self(await call.identity());
        return json(200, { user } satisfies v.InferOutput<typeof MeReply>);
      },
    },
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      handle: () => ({ ...json(200, accounts.jwks()), cache: JWKS_CACHE }),
    },
  ];
}
