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
  WaitOptions,
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
export function createRoom(
  account: Acting,
  request: CreateRoomRequest = {},
  { signal }: WaitOptions = {},
): Promise<CreatedRoom> {
  return withToken(
    account,
    (token) => send(account.baseUrl, 'POST /rooms', CreateRoomReply, { token, body: request, signal }),
    signal,
  );
}

/**
 * Resolves with a room's current state, without entering it.
 * @throws ParleyClientError `room_not_found`, `unauthorized`, `network`, `timeout`
 * @example
 * const { name, participants, max } = await findRoom(account, roomId);
 */
export async function findRoom(account: Acting, roomId: string, options?: WaitOptions): Promise<Room> {
  return (await getRoom(account, roomId, options)).room;
}

async function getRoom(account: Acting, roomId: string, { signal }: WaitOptions = {}): Promise<TaggedRoom> {
  const { body, etag } = await withToken(
    account,
    (token) =>
      sendForTag(account.baseUrl, 'GET /rooms/:roomId', RoomReply, { token, params: { roomId }, signal }),
    signal,
  );
  return { room: body.room, etag };
}

const updateRoom: Rooms['update'] = async (account, roomId, change, { ifMatch, signal } = {}) => {
  const { body, etag } = await withToken(
    account,
    (token) =>
      sendForTag(account.baseUrl, 'PATCH /rooms/:roomId', RoomReply, {
        token,
        params: { roomId },
        body: change,
        ifMatch,
        signal,
      }),
    signal,
  );
  return { room: body.room, etag };
};

const removeRoom: Rooms['remove'] = async (account, roomId, { signal } = {}) => {
  const { count } = await withToken(
    account,
    (token) =>
      send(account.baseUrl, 'DELETE /rooms/:roomId', DeleteRoomReply, { token, params: { roomId }, signal }),
    signal,
  );
  return count;
};

const bans: RoomBans = Object.freeze({
  async list(account: Acting, roomId: string, { signal }: WaitOptions = {}) {
    const { items } = await withToken(
      account,
      (token) =>
        send(account.baseUrl, 'GET /rooms/:roomId/bans', BansReply, { token, params: { roomId }, signal }),
      signal,
    );
    return items;
  },
  async lift(account: Acting, roomId: string, userId: string, { signal }: WaitOptions = {}) {
    await withToken(
      account,
      (token) =>
        send(account.baseUrl, 'DELETE /rooms/:roomId/bans/:userId', v.unknown(), {
          token,
          params: { roomId, userId },
          signal,
        }),
      signal,
    );
  },
});

const invitations: RoomInvitations = Object.freeze({
  async list(account: Acting, roomId: string, { signal }: WaitOptions = {}) {
    const { items } = await withToken(
      account,
      (token) =>
        send(account.baseUrl, 'GET /rooms/:roomId/invitations', InvitationsReply, {
          token,
          params: { roomId },
          signal,
        }),
      signal,
    );
    return items;
  },
  create: (
    account: Acting,
    roomId: string,
    { send: rights, ...request }: InvitationRequest = {},
    { signal }: WaitOptions = {},
  ) =>
    withToken(
      account,
      (token) =>
        send(account.baseUrl, 'POST /rooms/:roomId/invitations', CreateInvitationReply, {
          token,
          params: { roomId },
          body: { ...request, send: rights === undefined ? undefined : [...rights] },
          signal,
        }),
      signal,
    ),
  async remove(account: Acting, roomId: string, id: string, { signal }: WaitOptions = {}) {
    await withToken(
      account,
      (token) =>
        send(account.baseUrl, 'DELETE /rooms/:roomId/invitations/:id', v.unknown(), {
          token,
          params: { roomId, id },
          signal,
        }),
      signal,
    );
  },
});

/**
 * Finds, changes and removes rooms.
 * @example
 * for (const { name, participants } of (await rooms.list(account)).items) console.log(name, participants);
 */
export const rooms: Rooms = Object.freeze({
  list: (account: Acting, query: PageQuery = {}, { signal }: WaitOptions = {}) =>
    withToken(
      account,
      (token) => send(account.baseUrl, 'GET /rooms', RoomsReply, { token, query: { ...query }, signal }),
      signal,
    ),
  get: getRoom,
  create: createRoom,
  update: updateRoom,
  remove: removeRoom,
  calls: (account: Acting, roomId: string, query: PageQuery = {}, { signal }: WaitOptions = {}) =>
    withToken(
      account,
      (token) =>
        send(account.baseUrl, 'GET /rooms/:roomId/calls', CallsReply, {
          token,
          params: { roomId },
          query: { ...query },
          signal,
        }),
      signal,
    ),
  bans,
  invitations,
});
