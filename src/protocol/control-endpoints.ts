import {
  AddUserReply,
  AddUserRequest,
  ConsumeReply,
  ConsumeRequest,
  PresenceQuery,
  PresenceReply,
  ProduceReply,
  ProduceRequest,
  RemoveUserReply,
  RoomMessageReply,
  RoomMessageRequest,
  ServiceRoomReply,
  ServiceRoomRequest,
} from './control-bodies.ts';
import { BODY_ERRORS, type Endpoint, NoBody, TOKEN_ERRORS } from './endpoint.ts';

const ONE_USER = { who: 'service', path: '/rooms/:roomId/users/:userId' } as const;
const ITS_MEDIA = { who: 'service_or_user', roomToken: 'in_its_room' } as const;
const PRODUCE = { ...ITS_MEDIA, path: '/rooms/:roomId/users/:userId/produce' } as const;
const NO_SUCH = ['room_not_found', 'user_not_found'] as const;

/** What backends do [CT0]–[CT4]. Nobody else may, but each user can say what it sends itself. */
export const CONTROL_ENDPOINTS = {
  listPresence: {
    who: 'service',
    method: 'GET',
    path: '/presence',
    query: PresenceQuery,
    request: NoBody,
    reply: { status: 200, body: PresenceReply },
    errors: [...TOKEN_ERRORS, 'forbidden'],
  },
  createRoomWithId: {
    who: 'service',
    method: 'POST',
    path: '/rooms/:roomId',
    request: ServiceRoomRequest,
    reply: { status: 201, body: ServiceRoomReply },
    errors: [...TOKEN_ERRORS, ...BODY_ERRORS, 'forbidden', 'room_exists', 'no_relay', 'limit_reached'],
  },
  addUser: {
    ...ONE_USER,
    method: 'POST',
    request: AddUserRequest,
    reply: { status: 200, body: AddUserReply },
    errors: [
      ...TOKEN_ERRORS,
      ...BODY_ERRORS,
      'forbidden',
      'room_not_found',
      'banned',
      'room_full',
      'limit_reached',
    ],
  },
  removeUser: {
    ...ONE_USER,
    method: 'DELETE',
    request: NoBody,
    reply: { status: 200, body: RemoveUserReply },
    errors: [...TOKEN_ERRORS, 'forbidden', 'room_not_found', 'user_not_found'],
  },
  produce: {
    ...PRODUCE,
    method: 'POST',
    request: ProduceRequest,
    reply: { status: 200, body: ProduceReply },
    errors: [
      ...TOKEN_ERRORS,
      ...BODY_ERRORS,
      ...NO_SUCH,
      'forbidden',
      'banned',
      'offer_per_peer_required',
      'peer_gone',
    ],
  },
  stopProducing: {
    ...PRODUCE,
    method: 'DELETE',
    request: NoBody,
    reply: { status: 200, body: RemoveUserReply },
    errors: [...TOKEN_ERRORS, ...NO_SUCH, 'forbidden', 'banned'],
  },
  consume: {
    ...ITS_MEDIA,
    method: 'POST',
    path: '/rooms/:roomId/users/:userId/consume',
    request: ConsumeRequest,
    reply: { status: 200, body: ConsumeReply },
    errors: [
      ...TOKEN_ERRORS,
      ...BODY_ERRORS,
      ...NO_SUCH,
      'forbidden',
      'banned',
      'no_pending_offer',
      'peer_gone',
    ],
  },
  sendRoomMessage: {
    who: 'service',
    method: 'POST',
    path: '/rooms/:roomId/messages',
    request: RoomMessageRequest,
    reply: { status: 202, body: RoomMessageReply },
    errors: [...TOKEN_ERRORS, ...BODY_ERRORS, 'forbidden', 'room_not_found', 'peer_gone'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
