import type { Identity } from '../../domain/identity.ts';
import { oneRoomOnly } from '../../domain/refusals.ts';
import type { HttpDeps } from '../server/deps.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';

/** How long others may cache our public keys; a rotated key verifies for longer [TK2]. */
const JWKS_CACHE = 'public, max-age=300';

/** People and their tokens. */
export function accountRoutes({ accounts }: Pick<HttpDeps, 'accounts'>) {
  const { signIns } = accounts;
  return {
    async createGuest(context) {
      // Before the body is parsed, so that refused bodies count too.
      accounts.countGuest(context.address);
      return context.reply(await accounts.createGuest(context.body(), context));
    },
    async register(context) {
      const identity = await tokenBearer(context);
      const request = context.body();
      signIns.count(context.address);
      const confirm = () => (identity === undefined ? Promise.resolve() : context.identityAnew());
      const { address, userAgent } = context;
      const registrant = { address, userAgent, identity, confirm };
      return context.reply(await accounts.registration.register(request, registrant));
    },
    async logIn(context) {
      const request = context.body();
      signIns.count(context.address);
      return context.reply(await accounts.passwords.signIn(request, context));
    },
    async changePassword(context) {
      const identity = await context.identity();
      const asker = { identity, address: context.address, confirm: () => context.identityAnew() };
      await accounts.passwords.change(context.body(), asker);
      return noContent();
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

/** Returns who sent a token along; undefined without one. @throws ParleyError `unauthorized`, `forbidden` [TK4] */
async function tokenBearer({ request, identity }: RequestContext): Promise<Identity | undefined> {
  if (!request.headers.has('authorization')) return undefined;
  const bearer = await identity();
  if (bearer.room !== null) throw oneRoomOnly();
  return bearer;
}
