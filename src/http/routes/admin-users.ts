import { isoTime } from '../../lib/iso-time.ts';
import type { HttpDeps } from '../server/deps.ts';
import { resetUrl } from '../server/origin.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers } from '../server/request-context.ts';

/** What admins do to users [AD3], [AD4]. */
export function adminUserRoutes({ accounts }: Pick<HttpDeps, 'accounts'>) {
  const { roles, othersLogins, resets } = accounts;
  return {
    async setRole(context) {
      const { role } = context.body();
      context.note({ role });
      return context.reply({ user: await roles.set(context.param('id'), role) });
    },
    async listUserLogins(context) {
      context.query();
      const items = await othersLogins.of(context.param('id'), await context.identity());
      return context.reply({ items, nextCursor: null });
    },
    async endUserLogins(context) {
      await othersLogins.endAll(context.param('id'));
      return noContent();
    },
    async endUserLogin(context) {
      await othersLogins.end(context.param('id'), context.param('loginId'));
      return noContent();
    },
    async createResetLink(context) {
      const { token, expiresAt } = await resets.link(context.param('id'));
      return context.reply({ url: resetUrl(context.origin, token), expiresAt: isoTime(expiresAt) });
    },
  } satisfies Partial<Handlers>;
}
