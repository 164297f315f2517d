import type * as v from 'valibot';
import { isGoodIn, oneRoomOnly } from '../../domain/scope.ts';
import {
  type CreateReply,
  type CreateRoomReply,
  CreateRoomRequest,
  type RoomReply,
} from '../../protocol/bodies.ts';
import type { Room } from '../../protocol/fields.ts';
import { EMPTY_SECONDS } from '../../protocol/limits.ts';
import { noSuchRoom, type RoomRecord } from '../../rooms/rooms.ts';
import type { HttpDeps } from '../server/deps.ts';
import { roomUrl, roomWebSocketUrl } from '../server/origin.ts';
import { json } from '../server/reply.ts';
import type { Call, Route } from '../server/route.ts';

export function roomRoutes({ rooms, hub }: Pick<HttpDeps, 'rooms' | 'hub'>): Route[] {
  const create = async (
    call: Call,
    request: CreateRoomRequest,
  ): Promise<v.InferOutput<typeof CreateRoomReply>> => {
    const identity = await call.identity();
    const { role } = identity;
    const { emptySeconds = EMPTY_SECONDS[role === 'service' ? 'service' : 'standard'] } = request;
    const creator = { identity, client: call, confirm: () => call.identityAnew() };
    const record = await rooms.create(creator, { ...request, emptySeconds });
    return {
      room: roomOnWire(record, hub),
      url: roomUrl(call.origin, record.id),
      wsUrl: roomWebSocketUrl(call.origin, record.id),
    };
  };

  return [
    {
      method: 'POST',
      path: '/rooms',
      who: 'user',
      handle: async (call) => {
        const request = call.body(CreateRoomRequest);
        const reply = await create(call, request);
        return json(201, reply, [['Location', `/rooms/${reply.room.id}`]]);
      },
    },
    {
      method: 'GET',
      path: '/create',
      who: 'user',
      head: false,
      handle: async (call) => {
        const reply = await create(call, {});
        const body = { roomId: reply.room.id, ...reply } satisfies v.InferOutput<typeof CreateReply>;
        return json(201, body, [['Location', `/rooms/${reply.room.id}`]]);
      },
    },
    {
      method: 'GET',
      path: '/rooms/:roomId',
      who: 'bearer',
      handle: async (call) => {
        const identity = await call.identity();
        const record = rooms.find(call.param('roomId'));
        if (record === undefined) throw noSuchRoom();
        if (!isGoodIn(identity, record.id)) throw oneRoomOnly();
        return json(200, { room: roomOnWire(record, hub) } satisfies v.InferOutput<typeof RoomReply>);
      },
    },
  ];
}

/** A room as those who may see it see it: how many are inside, not who. */
export function roomOnWire(record: RoomRecord, hub: HttpDeps['hub']): Room {
  return { ...record, participants: hub.participants(record.id) };
}
