import type { HttpDeps } from '../server/deps.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers } from '../server/request-context.ts';

/** Where the caller is signed in, and how to end that. */
export function loginRoutes({ accounts: { loginList } }: Pick<HttpDeps, 'accounts'>) {
  return {
    async listLogins(context) {
      context.query();
      const items = await loginList.of(await context.identity());
      return context.reply({ items, nextCursor: null });
    },
    async endLogins(context) {
      await loginList.endAll(await context.identity());
      return noContent();
    },
    async endLogin(context) {
      await loginList.end(await context.identity(), context.param('id'));
      return noContent();
    },
  } satisfies Partial<Handlers>;
}
