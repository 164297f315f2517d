import type { HttpDeps } from '../server/deps.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers } from '../server/request-context.ts';

/** What hosts do about those who wait [KN3], from inside the room or not. */
export function knockRoutes({ waitingRoom }: Pick<HttpDeps, 'waitingRoom'>) {
  return {
    async listKnocks(context) {
      context.query();
      const identity = await context.identity();
      const items = await waitingRoom.list({ identity }, context.param('roomId'));
      return context.reply({ items, nextCursor: null });
    },
    async answerKnock(context) {
      const host = { identity: await context.identity() };
      const { admit } = context.body();
      const [roomId, knockId] = [context.param('roomId'), context.param('knockId')];
      await (admit ? waitingRoom.admit(host, roomId, knockId) : waitingRoom.refuse(host, roomId, knockId));
      return noContent();
    },
  } satisfies Partial<Handlers>;
}
