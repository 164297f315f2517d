import type { HttpDeps } from '../server/deps.ts';
import { type Header, noContent } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';

/** Users and their profiles. */
export function userRoutes({ accounts: { people, deletions } }: Pick<HttpDeps, 'accounts'>) {
  async function edit(context: RequestContext<'editUser'> | RequestContext<'putUser'>) {
    const ifMatch = context.request.headers.get('if-match');
    const actor = await context.identity();
    const { user, tag } = await people.edit(actor, context.param('id'), context.body(), ifMatch);
    return context.reply({ user }, [etag(tag)]);
  }

  return {
    async listUsers(context) {
      return context.reply(await people.list(await context.identity(), context.query()));
    },
    async getUser(context) {
      const { user, tag } = await people.get(await context.identity(), context.param('id'));
      return context.reply({ user }, [etag(tag)]);
    },
    async deleteUser(context) {
      const { password } = context.body();
      await deletions.delete(context.param('id'), {
        identity: await context.identity(),
        password,
        address: context.address,
        confirm: () => context.identityAnew(),
      });
      return noContent();
    },
    editUser: edit,
    putUser: edit,
    async setStatus(context) {
      return context.reply({ user: await people.setStatus(await context.identity(), context.body()) });
    },
  } satisfies Partial<Handlers>;
}

function etag(tag: string): Header {
  return ['ETag', tag];
}
