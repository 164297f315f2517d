import { CreateReply, RoomReply } from './bodies.ts';
import { NewRoomReply, ServiceRoomRequest } from './control-bodies.ts';
import { BODY_ERRORS, type Endpoint, NoBody, TOKEN_ERRORS } from './endpoint.ts';
import {
  CallsQuery,
  CallsReply,
  DeleteRoomReply,
  EditRoomRequest,
  RoomsQuery,
  RoomsReply,
} from './room-bodies.ts';

const CREATION = {
  who: 'user',
  errors: [...TOKEN_ERRORS, ...BODY_ERRORS, 'room_creation_off', 'forbidden', 'no_relay', 'rate_limited'],
} as const;

const ONE_ROOM = { path: '/rooms/:roomId', who: 'user', roomToken: 'in_its_room' } as const;

/** Rooms and their settings. */
export const ROOM_ENDPOINTS = {
  createRoom: {
    ...CREATION,
    method: 'POST',
    path: '/rooms',
    /** `userId` and `userInfo` are a backend's; others' are ignored. */
    request: ServiceRoomRequest,
    reply: { status: 201, body: NewRoomReply },
  },
  /** Creates a room with default settings: a link that creates a call. */
  createDefaultRoom: {
    ...CREATION,
    method: 'GET',
    path: '/create',
    head: false,
    request: NoBody,
    reply: { status: 201, body: CreateReply },
  },
  listRooms: {
    method: 'GET',
    path: '/rooms',
    who: 'user',
    query: RoomsQuery,
    request: NoBody,
    reply: { status: 200, body: RoomsReply },
    errors: [...TOKEN_ERRORS, 'forbidden'],
  },
  getRoom: {
    ...ONE_ROOM,
    method: 'GET',
    request: NoBody,
    reply: { status: 200, body: RoomReply },
    errors: [...TOKEN_ERRORS, 'room_not_found', 'forbidden'],
  },
  editRoom: {
    ...ONE_ROOM,
    method: 'PATCH',
    who: 'host',
    request: EditRoomRequest,
    reply: { status: 200, body: RoomReply },
    errors: [
      ...TOKEN_ERRORS,
      ...BODY_ERRORS,
      'room_not_found',
      'forbidden',
      'precondition_failed',
      'no_relay',
      'rate_limited',
    ],
  },
  deleteRoom: {
    ...ONE_ROOM,
    method: 'DELETE',
    who: 'host',
    request: NoBody,
    reply: { status: 200, body: DeleteRoomReply },
    errors: [...TOKEN_ERRORS, 'room_not_found', 'forbidden'],
  },
  listCalls: {
    ...ONE_ROOM,
    method: 'GET',
    who: 'host',
    path: '/rooms/:roomId/calls',
    query: CallsQuery,
    request: NoBody,
    reply: { status: 200, body: CallsReply },
    errors: [...TOKEN_ERRORS, 'room_not_found', 'forbidden'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
