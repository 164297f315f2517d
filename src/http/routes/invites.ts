import type { HttpDeps } from '../server/deps.ts';
import { registrationUrl } from '../server/origin.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers } from '../server/request-context.ts';

/** Links that let somebody in: the first admin's, those for a new password, invitations to register. */
export function inviteRoutes({ accounts }: Pick<HttpDeps, 'accounts'>) {
  const { invites, resets, setup, signIns } = accounts;
  return {
    async setUp(context) {
      const request = context.body();
      signIns.count(context.address);
      return context.reply(await setup.setUp(request, context.address, context));
    },
    async resetPassword(context) {
      const request = context.body();
      signIns.count(context.address);
      await resets.reset(request, context.address);
      return noContent();
    },
    async listInvites(context) {
      context.query();
      return context.reply({ items: await invites.list(), nextCursor: null });
    },
    async createInvite(context) {
      const { id, secret } = await invites.create(context.body());
      return context.reply({ id, url: registrationUrl(context.origin, secret) });
    },
    async deleteInvite(context) {
      await invites.remove(context.param('id'));
      return noContent();
    },
  } satisfies Partial<Handlers>;
}
