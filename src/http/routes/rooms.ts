import type * as v from 'valibot';
import { noSuchRoom } from '../../domain/refusals.ts';
import type { CreateRoomReply, CreateRoomRequest } from '../../protocol/bodies.ts';
import { EMPTY_SECONDS } from '../../protocol/limits.ts';
import type { Room } from '../../protocol/room-fields.ts';
import type { RoomRecord } from '../../rooms/rooms.ts';
import type { HttpDeps } from '../server/deps.ts';
import { roomUrl, roomWebSocketUrl } from '../server/origin.ts';
import type { Header } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';

export function roomRoutes({ rooms, liveRooms }: Pick<HttpDeps, 'rooms' | 'liveRooms'>) {
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

  return {
    async createRoom(context) {
      const created = await create(context, context.body());
      return context.reply(created, [locationOf(created.room)]);
    },
    async createDefaultRoom(context) {
      const created = await create(context, {});
      return context.reply({ roomId: created.room.id, ...created }, [locationOf(created.room)]);
    },
    async getRoom(context) {
      const record = await rooms.find(context.param('roomId'));
      if (record === undefined) throw noSuchRoom();
      return context.reply({ room: roomOnWire(record, liveRooms) });
    },
  } satisfies Partial<Handlers>;
}

/** Returns a room as clients see it: with the number of people inside, not who they are. */
export function roomOnWire(record: RoomRecord, liveRooms: HttpDeps['liveRooms']): Room {
  return { ...record, participants: liveRooms.countIn(record.id) };
}

function locationOf({ id }: Room): Header {
  return ['Location', `/rooms/${id}`];
}
