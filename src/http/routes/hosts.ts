import type { HttpDeps } from '../server/deps.ts';
import { invitationUrl } from '../server/origin.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers } from '../server/request-context.ts';

/** What hosts do over HTTP, inside or not [RM6]: rights of participants, bans, invitations. */
export function hostRoutes({
  rooms,
  moderation,
  liveRooms,
}: Pick<HttpDeps, 'rooms' | 'moderation' | 'liveRooms'>) {
  const { rights, bans, invitations } = rooms;
  return {
    async updateParticipant(context) {
      const request = { peerId: context.param('peerId'), ...context.body() };
      const actor = await context.identity();
      return context.reply({
        participant: await moderation.setRights(actor, context.param('roomId'), request),
      });
    },
    async kickParticipant(context) {
      const { ban } = context.query();
      const [roomId, peerId] = [context.param('roomId'), context.param('peerId')];
      const actor = await context.identity();
      const { id } = await rights.asHost(actor, roomId);
      context.note({ ban, userId: liveRooms.peersOf(id).find((peer) => peer.peerId === peerId)?.userId });
      await moderation.kick(actor, id, { peerId, ban });
      return noContent();
    },
    async listBans(context) {
      context.query();
      const { id } = await rights.asHost(await context.identity(), context.param('roomId'));
      return context.reply({ items: await bans.list(id), nextCursor: null });
    },
    async liftBan(context) {
      const { id } = await rights.asHost(await context.identity(), context.param('roomId'));
      await bans.lift(id, context.param('userId'));
      return noContent();
    },
    async listInvitations(context) {
      context.query();
      const { id } = await rights.asHost(await context.identity(), context.param('roomId'));
      return context.reply({ items: await invitations.list(id), nextCursor: null });
    },
    async createInvitation(context) {
      const request = context.body();
      const room = await rights.asHost(await context.identity(), context.param('roomId'));
      const { id, secret } = await invitations.create(room.id, request);
      return context.reply({ id, url: invitationUrl(context.origin, room.id, secret) });
    },
    async deleteInvitation(context) {
      const room = await rights.asHost(await context.identity(), context.param('roomId'));
      await invitations.remove(room.id, context.param('id'));
      return noContent();
    },
  } satisfies Partial<Handlers>;
}
