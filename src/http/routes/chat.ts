import * as v from 'valibot';
import type { ChatActor } from '../../chat/chat.ts';
import { ParleyError } from '../../domain/errors.ts';
import { Emoji } from '../../protocol/emoji.ts';
import type { HttpDeps } from '../server/deps.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';

type OfRoom = RequestContext<'listMessages' | 'sendMessage' | 'editMessage' | 'deleteMessage'>;
type OfReaction = RequestContext<'addReaction' | 'removeReaction'>;

/** Chat for clients without a WebSocket [CH1]–[CH3]. */
export function chatRoutes({ chat }: Pick<HttpDeps, 'chat'>) {
  async function actorOf(context: Pick<OfRoom, 'identity' | 'param'>): Promise<ChatActor> {
    return { identity: await context.identity(), roomId: context.param('roomId') };
  }

  async function react(context: OfReaction, on: boolean) {
    const emoji = v.safeParse(Emoji, context.param('emoji'));
    const id = context.param('messageId');
    if (!emoji.success) {
      const errors = [{ path: 'emoji', message: 'must be one emoji' }];
      throw new ParleyError('validation_failed', 'The address must end with one emoji, percent-encoded.', {
        errors,
      });
    }
    return context.reply(await chat.react(await actorOf(context), { id, emoji: emoji.output, on }));
  }

  return {
    async listMessages(context) {
      return context.reply(await chat.history(await actorOf(context), context.query()));
    },
    async sendMessage(context) {
      return context.reply({ message: await chat.say(await actorOf(context), context.body()) });
    },
    async editMessage(context) {
      const change = { id: context.param('messageId'), ...context.body() };
      return context.reply({ message: await chat.edit(await actorOf(context), change) });
    },
    async deleteMessage(context) {
      await chat.delete(await actorOf(context), context.param('messageId'));
      return noContent();
    },
    addReaction: (context) => react(context, true),
    removeReaction: (context) => react(context, false),
  } satisfies Partial<Handlers>;
}
