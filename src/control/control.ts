import { ParleyError } from '../domain/errors.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { noSuchRoom } from '../domain/refusals.ts';
import type {
  AddUserReply,
  PresenceQuery,
  RemoveUserReply,
  RoomMessageRequest,
  RoomUser,
  ServiceRoomRequest,
} from '../protocol/control-bodies.ts';
import { EMPTY_SECONDS } from '../protocol/limits.ts';
import type { Creator } from '../rooms/creations.ts';
import type { RoomRecord, Rooms } from '../rooms/rooms.ts';
import type { Hub } from '../signaling/hub.ts';
import { type Added, createAdded } from './added.ts';
import { createPeople, type RoomPeople } from './people.ts';
import { listPresence, type PresencePage } from './presence.ts';
import { createProduce, type Produce } from './produce.ts';

export type { Added } from './added.ts';
export type { RoomPeople } from './people.ts';
export type { Produce } from './produce.ts';

/** Max bytes of `data` in a message, as JSON in UTF-8 [CT4]. */
export const ROOM_MESSAGE_BYTES = 16_384;

/** A room that a backend has created. */
export interface ServiceRoom {
  readonly room: RoomRecord;
  /** Everybody who is expected in it. */
  readonly users: RoomUser[];
}

/** What backends do with rooms and with those inside [CT0]–[CT4]. That the caller is one is checked before. */
export interface Control extends Produce {
  readonly people: RoomPeople;
  readonly added: Added;
  /**
   * Creates a room that goes with its last participant unless the request says otherwise [RM5], and adds its first user.
   * @param id Default: a new one
   * @throws ParleyError `room_exists`, `forbidden`, `no_relay`, `limit_reached`
   */
  createRoom(creator: Creator, request: ServiceRoomRequest, id?: RoomId): Promise<ServiceRoom>;
  /** @throws ParleyError `room_not_found`, `banned`, `room_full`, `limit_reached` */
  addUser(roomId: string, userId: UserId, userInfo: unknown): Promise<AddUserReply>;
  /** @throws ParleyError `room_not_found`, `user_not_found` */
  removeUser(roomId: string, userId: UserId): Promise<RemoveUserReply>;
  /**
   * Sends `room:message` to all peers of a user, or of the room. For a user who is expected it is kept [CT4].
   * @returns how many peers get it, suspended ones too
   * @throws ParleyError `room_not_found`; `too_large` over `ROOM_MESSAGE_BYTES`; `peer_gone` if no more is kept
   */
  send(roomId: string, message: RoomMessageRequest): Promise<number>;
  /**
   * Returns who is connected, a page at a time [HT4].
   * @throws ParleyError `validation_failed` for a cursor of another list
   */
  presence(query: PresenceQuery): PresencePage;
}

interface ControlDeps extends Omit<Parameters<typeof createAdded>[0], 'people' | 'rooms'> {
  readonly hub: Pick<Hub, 'liveRooms' | 'putOut' | 'leaveRoom' | 'presentSince'>;
  readonly rooms: Rooms;
}

export function createControl(deps: ControlDeps): Control {
  const { rooms, hub } = deps;
  const people = createPeople(hub);
  const added = createAdded({ ...deps, people });

  return {
    people,
    added,
    ...createProduce({ rooms, hub, people }),
    async createRoom(creator, { userId, userInfo, ...fields }, id) {
      const { emptySeconds = EMPTY_SECONDS.service } = fields;
      const request = { ...fields, emptySeconds };
      if (userId === undefined) return { room: await rooms.create(creator, request, id), users: [] };
      const room = await added.createRoom(userId as UserId, userInfo, (store) =>
        rooms.create(creator, request, id, store),
      );
      return { room, users: people.usersIn(room.id) };
    },
    async addUser(roomId, userId, userInfo) {
      await added.add(roomId, userId, userInfo);
      const users = people.usersIn(roomId);
      const user = users.find(({ id }) => id === userId);
      return { id: userId, userInfo: user?.userInfo ?? null, users };
    },
    async removeUser(roomId, userId) {
      const userInfo = await added.remove(roomId, userId);
      return { id: userId, userInfo, outbound: people.others(roomId, userId) };
    },
    async send(roomId, { to, data }) {
      const body = JSON.stringify({ data, from: 'service' });
      checkSize(data);
      if ((await rooms.find(roomId)) === undefined) throw noSuchRoom();
      const peers = to === undefined ? hub.liveRooms.membersOf(roomId) : people.peersOf(roomId, to);
      for (const peer of peers) peer.deliverText('room:message', body);
      if (to !== undefined && peers.length === 0 && people.isExpected(roomId, to)) {
        people.keep(roomId, to, 'room:message', body);
      }
      return peers.length;
    },
    presence: (query) => listPresence(hub, query),
  };
}

function checkSize(data: unknown): void {
  if (Buffer.byteLength(JSON.stringify(data)) <= ROOM_MESSAGE_BYTES) return;
  throw new ParleyError(
    'too_large',
    `\`data\` may have ${ROOM_MESSAGE_BYTES} bytes of JSON. Send less, or an address where it can be fetched.`,
  );
}
