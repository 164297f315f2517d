import * as v from 'valibot';
import type { RoomId, UserId } from '../../domain/ids.ts';
import type { ServiceRoomReply, ServiceRoomRequest } from '../../protocol/control-bodies.ts';
import { UserIdField, Uuid } from '../../protocol/fields.ts';
import type { HttpDeps } from '../server/deps.ts';
import { parseFields } from '../server/json-body.ts';
import { roomUrl, roomWebSocketUrl } from '../server/origin.ts';
import type { Header } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';
import { roomOnWire } from './room-on-wire.ts';

const RoomPath = v.object({ roomId: Uuid });
const UserPath = v.object({ userId: UserIdField });

/** What backends do with rooms, and with those inside [CT0]–[CT4]. */
export function controlRoutes(deps: Pick<HttpDeps, 'control' | 'liveRooms'>) {
  const { control } = deps;
  return {
    async listPresence(context) {
      return context.reply(control.presence(context.query()));
    },
    async createRoomWithId(context) {
      const { roomId } = parseFields(RoomPath, { roomId: context.param('roomId') });
      const created = await createServiceRoom(deps, context, context.body(), roomId as RoomId);
      return context.reply(created, [locationOf(created)]);
    },
    async addUser(context) {
      const { userInfo } = context.body();
      return context.reply(await control.addUser(context.param('roomId'), userIn(context), userInfo));
    },
    async removeUser(context) {
      return context.reply(await control.removeUser(context.param('roomId'), userIn(context)));
    },
    async produce(context) {
      return context.reply(await control.produce(context.param('roomId'), userIn(context), context.body()));
    },
    async stopProducing(context) {
      return context.reply(await control.stop(context.param('roomId'), userIn(context)));
    },
    async consume(context) {
      await control.consume(context.param('roomId'), userIn(context), context.body());
      return context.reply({ status: 'connected' });
    },
    async sendRoomMessage(context) {
      return context.reply({ delivered: await control.send(context.param('roomId'), context.body()) });
    },
  } satisfies Partial<Handlers>;
}

type OfUser = 'addUser' | 'removeUser' | 'produce' | 'stopProducing' | 'consume';

function userIn(context: { [Name in OfUser]: RequestContext<Name> }[OfUser]): UserId {
  return parseFields(UserPath, { userId: context.param('userId') }).userId as UserId;
}

/** Creates a room as backends get it. */
export async function createServiceRoom(
  { control, liveRooms }: Pick<HttpDeps, 'control' | 'liveRooms'>,
  context: Pick<RequestContext, 'identity' | 'identityAnew' | 'address' | 'origin'>,
  request: ServiceRoomRequest,
  id?: RoomId,
): Promise<ServiceRoomReply> {
  const creator = {
    identity: await context.identity(),
    client: context,
    confirm: () => context.identityAnew(),
  };
  const { room, users } = await control.createRoom(creator, request, id);
  const [first] = users;
  return {
    roomId: room.id,
    ...(first === undefined ? {} : { userId: first.id, userInfo: first.userInfo }),
    users,
    room: roomOnWire(room, liveRooms),
    url: roomUrl(context.origin, room.id),
    wsUrl: roomWebSocketUrl(context.origin, room.id),
  };
}

export function locationOf({ roomId }: Pick<ServiceRoomReply, 'roomId'>): Header {
  return ['Location', `/rooms/${roomId}`];
}
