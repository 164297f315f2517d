import * as v from 'valibot';
import { CreateRoomReply, RoomReply } from '../../protocol/bodies.ts';
import { BansReply, CreateInvitationReply, InvitationsReply } from '../../protocol/host-bodies.ts';
import { CallsReply, DeleteRoomReply, RoomsReply } from '../../protocol/room-bodies.ts';
import { send, sendForTag, withToken } from '../http.ts';
import type {
  Acting,
  CreatedRoom,
  CreateRoomRequest,
  InvitationRequest,
  PageQuery,
  Room,
  TaggedRoom,
} from '../types.ts';
import type { RoomBans, RoomInvitations, Rooms } from './rooms-interface.ts';

/**
 * Creates a room that this account owns.
 * @param request all fields are optional; `LIMITS` has their ranges, `emptySeconds` is 0–86,400
 * @throws ParleyClientError `validation_failed`, `forbidden`, `room_creation_off`, `no_relay`, `rate_limited`,
 *   `unauthorized`, `network`, `timeout`
 * @example
 * const { room, url } = await createRoom(account, { name: 'Tea', max: 4, waitingRoom: true });
 */
export function createRoom(account: Acting, request: CreateRoomRequest = {}): Promise<CreatedRoom> {
  return withToken(account, (token) =>
    send(account.baseUrl, 'POST /rooms', CreateRoomReply, { token, body: request }),
  );
}

/**
 * Resolves with a room's current state, without entering it.
 * @throws ParleyClientError `room_not_found`, `unauthorized`, `network`, `timeout`
 * @example
 * const { name, participants, max } = await findRoom(account, roomId);
 */
export async function findRoom(account: Acting, roomId: string): Promise<Room> {
  return (await getRoom(account, roomId)).room;
}

async function getRoom(account: Acting, roomId: string): Promise<TaggedRoom> {
  const { body, etag } = await withToken(account, (token) =>
    sendForTag(account.baseUrl, 'GET /rooms/:roomId', RoomReply, { token, params: { roomId } }),
  );
  return { room: body.room, etag };
}

const updateRoom: Rooms['update'] = async (account, roomId, change, { ifMatch } = {}) => {
  const { body, etag } = await withToken(account, (token) =>
    sendForTag(account.baseUrl, 'PATCH /rooms/:roomId', RoomReply, {
      token,
      params: { roomId },
      body: change,
      ifMatch,
    }),
  );
  return { room: body.room, etag };
};

const removeRoom: Rooms['remove'] = async (account, roomId) => {
  const { count } = await withToken(account, (token) =>
    send(account.baseUrl, 'DELETE /rooms/:roomId', DeleteRoomReply, { token, params: { roomId } }),
  );
  return count;
};

const bans: RoomBans = Object.freeze({
  async list(account: Acting, roomId: string) {
    const { items } = await withToken(account, (token) =>
      send(account.baseUrl, 'GET /rooms/:roomId/bans', BansReply, { token, params: { roomId } }),
    );
    return items;
  },
  async lift(account: Acting, roomId: string, userId: string) {
    await withToken(account, (token) =>
      send(account.baseUrl, 'DELETE /rooms/:roomId/bans/:userId', v.unknown(), {
        token,
        params: { roomId, userId },
      }),
    );
  },
});

const invitations: RoomInvitations = Object.freeze({
  async list(account: Acting, roomId: string) {
    const { items } = await withToken(account, (token) =>
      send(account.baseUrl, 'GET /rooms/:roomId/invitations', InvitationsReply, {
        token,
        params: { roomId },
      }),
    );
    return items;
  },
  create: (account: Acting, roomId: string, { send: rights, ...request }: InvitationRequest = {}) =>
    withToken(account, (token) =>
      send(account.baseUrl, 'POST /rooms/:roomId/invitations', CreateInvitationReply, {
        token,
        params: { roomId },
        body: { ...request, send: rights === undefined ? undefined : [...rights] },
      }),
    ),
  async remove(account: Acting, roomId: string, id: string) {
    await withToken(account, (token) =>
      send(account.baseUrl, 'DELETE /rooms/:roomId/invitations/:id', v.unknown(), {
        token,
        params: { roomId, id },
      }),
    );
  },
});

/**
 * Finds, changes and removes rooms.
 * @example
 * for (const { name, participants } of (await rooms.list(account)).items) console.log(name, participants);
 */
export const rooms: Rooms = Object.freeze({
  list: (account: Acting, query: PageQuery = {}) =>
    withToken(account, (token) =>
      send(account.baseUrl, 'GET /rooms', RoomsReply, { token, query: { ...query } }),
    ),
  get: getRoom,
  create: createRoom,
  update: updateRoom,
  remove: removeRoom,
  calls: (account: Acting, roomId: string, query: PageQuery = {}) =>
    withToken(account, (token) =>
      send(account.baseUrl, 'GET /rooms/:roomId/calls', CallsReply, {
        token,
        params: { roomId },
        query: { ...query },
      }),
    ),
  bans,
  invitations,
});
