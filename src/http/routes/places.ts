import { ParleyError } from '../../domain/errors.ts';
import type { Identity } from '../../domain/identity.ts';
import type { RoomId } from '../../domain/ids.ts';
import { noSuchRoom } from '../../domain/refusals.ts';
import type { Admitted } from '../../rooms/rooms.ts';
import type { HttpDeps } from '../server/deps.ts';
import { roomWebSocketUrl } from '../server/origin.ts';
import { noContent } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';
import { roomOnWire } from './room-on-wire.ts';

type PlaceDeps = Pick<HttpDeps, 'rooms' | 'liveRooms' | 'places' | 'iceServers'>;

/** Coming into a room and leaving it without a WebSocket [RM8], and who is inside. */
export function placeRoutes({ rooms, liveRooms, places, iceServers }: PlaceDeps) {
  /** The login, and what was decided about the room, hold in the tick in which this continues. */
  async function admit(context: RequestContext<'joinRoom'>): Promise<[Identity, Admitted]> {
    const { password, invite } = context.body();
    const roomId = context.param('roomId') as RoomId;
    let identity = await context.identity();
    for (;;) {
      const admitted = await rooms.admit({ roomId, identity, password, invite, client: context });
      // The login may have been ended while a password was checked.
      identity = await context.identityAnew();
      if (rooms.isCurrent(admitted)) return [identity, admitted];
    }
  }

  return {
    async joinRoom(context) {
      const [identity, { room, host, send, mustKnock }] = await admit(context);
      const { userInfo } = context.body();
      if (mustKnock) {
        return context.accept({
          knock: places.knock(identity, { room, userInfo, address: context.address }),
        });
      }
      const participant = places.hold(identity, { room, host, send, userInfo });
      const requestHost = context.request.headers.get('host') ?? '';
      return context.reply({
        room: roomOnWire(room, liveRooms),
        participant,
        participants: [...liveRooms.peersOf(room.id)],
        wsUrl: roomWebSocketUrl(context.origin, room.id),
        iceServers: [...iceServers(identity, requestHost, room.id).iceServers],
      });
    },
    async leaveRoom(context) {
      const { userId } = await context.identity();
      const room = await rooms.find(context.param('roomId'));
      if (room === undefined) throw noSuchRoom();
      places.leaveRoom(userId, room.id);
      return noContent();
    },
    async listParticipants(context) {
      context.query();
      const identity = await context.identity();
      const room = await rooms.find(context.param('roomId'));
      if (room === undefined) throw noSuchRoom();
      if (!liveRooms.isInside(room.id, identity.userId) && !(await rooms.rights.isHost(identity, room.id))) {
        throw new ParleyError(
          'forbidden',
          'Only those inside and hosts see who is inside. Join the room first.',
        );
      }
      return context.reply({ items: [...liveRooms.peersOf(room.id)], nextCursor: null });
    },
  } satisfies Partial<Handlers>;
}
