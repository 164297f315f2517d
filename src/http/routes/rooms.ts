import type * as v from 'valibot';
import type { CreateRoomReply, CreateRoomRequest } from '../../protocol/bodies.ts';
import { EMPTY_SECONDS } from '../../protocol/limits.ts';
import type { Room } from '../../protocol/room-fields.ts';
import type { Tagged } from '../../rooms/room-settings.ts';
import type { HttpDeps } from '../server/deps.ts';
import { roomUrl, roomWebSocketUrl } from '../server/origin.ts';
import type { Header } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';
import { createServiceRoom } from './control.ts';
import { roomOnWire } from './room-on-wire.ts';

export function roomRoutes({
  rooms,
  roomSettings,
  pastCalls,
  liveRooms,
  control,
}: Pick<HttpDeps, 'rooms' | 'roomSettings' | 'pastCalls' | 'liveRooms' | 'control'>) {
  async function create(
    context: Pick<RequestContext, 'identity' | 'identityAnew' | 'address' | 'origin'>,
    request: CreateRoomRequest,
  ): Promise<v.InferOutput<typeof CreateRoomReply>> {
    const identity = await context.identity();
    const { emptySeconds = EMPTY_SECONDS[identity.role === 'service' ? 'service' : 'default'] } = request;
    const creator = { identity, client: context, confirm: () => context.identityAnew() };
    const record = await rooms.create(creator, { ...request, emptySeconds });
    return {
      room: roomOnWire(record, liveRooms),
      url: roomUrl(context.origin, record.id),
      wsUrl: roomWebSocketUrl(context.origin, record.id),
    };
  }

  function reply(context: RequestContext<'getRoom'> | RequestContext<'editRoom'>, { record, tag }: Tagged) {
    return context.reply({ room: roomOnWire(record, liveRooms) }, [['ETag', tag]]);
  }

  return {
    async createRoom(context) {
      const { role } = await context.identity();
      if (role === 'service') {
        const made = await createServiceRoom({ control, liveRooms }, context, context.body());
        return context.reply(made, [['Location', `/rooms/${made.roomId}`]]);
      }
      const created = await create(context, context.body());
      return context.reply(created, [locationOf(created.room)]);
    },
    async createDefaultRoom(context) {
      const created = await create(context, {});
      return context.reply({ roomId: created.room.id, ...created }, [locationOf(created.room)]);
    },
    async getRoom(context) {
      return reply(context, await roomSettings.get(context.param('roomId')));
    },
    async listRooms(context) {
      const { userId } = await context.identity();
      const { records, nextCursor } = await roomSettings.list(userId, context.query());
      return context.reply({ items: records.map((record) => roomOnWire(record, liveRooms)), nextCursor });
    },
    async editRoom(context) {
      const ifMatch = context.request.headers.get('if-match');
      const editor = {
        identity: await context.identity(),
        client: context,
        confirm: () => context.identityAnew(),
      };
      return reply(
        context,
        await roomSettings.edit(editor, context.param('roomId'), context.body(), ifMatch),
      );
    },
    async listCalls(context) {
      const room = await roomSettings.findHosted(await context.identity(), context.param('roomId'));
      return context.reply(await pastCalls.list(room.id, context.query()));
    },
    async deleteRoom(context) {
      return context.reply({
        count: await roomSettings.remove(await context.identity(), context.param('roomId')),
      });
    },
  } satisfies Partial<Handlers>;
}

function locationOf({ id }: Room): Header {
  return ['Location', `/rooms/${id}`];
}
