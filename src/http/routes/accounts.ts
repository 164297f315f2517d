import type { HttpDeps } from '../server/deps.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers } from '../server/request-context.ts';

/** How long others may cache our public keys; a rotated key verifies for longer [TK2]. */
const JWKS_CACHE = 'public, max-age=300';

/** People and their tokens. */
export function accountRoutes({ accounts }: Pick<HttpDeps, 'accounts'>) {
  return {
    async createGuest(context) {
      // Before the body is parsed, so that refused bodies count too.
      accounts.countGuest(context.address);
      return context.reply(await accounts.createGuest(context.body(), context));
    },
    async refreshTokens(context) {
      return context.reply(await accounts.refresh(context.body().refreshToken));
    },
    async logOut(context) {
      await accounts.logout(await context.identity());
      return noContent();
    },
    async getSelf(context) {
      return context.reply({ user: await accounts.self(await context.identity()) });
    },
    async getJwks(context) {
      const keys = (await accounts.jwks()).keys.map((key) => ({ ...key }));
      return { ...context.reply({ keys }), cache: JWKS_CACHE };
    },
  } satisfies Partial<Handlers>;
}
