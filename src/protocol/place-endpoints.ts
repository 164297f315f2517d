import * as v from 'valibot';
import { BODY_ERRORS, type Endpoint, NoBody, RECEIVING_ERRORS, TOKEN_ERRORS } from './endpoint.ts';
import { IceServer, InvitationSecret, PasswordAttempt, Peer, UserInfo } from './fields.ts';
import { JoinKnockReply } from './knock-endpoints.ts';
import { WholeListQuery } from './pages.ts';
import { Room } from './room-fields.ts';

/** `invite`: the secret of an invitation, in place of the password. */
export const JoinRoomRequest = v.object({
  password: v.optional(PasswordAttempt),
  invite: v.optional(InvitationSecret),
  userInfo: v.optional(UserInfo),
});
export type JoinRoomRequest = v.InferOutput<typeof JoinRoomRequest>;

/** `participant`: the peer as others will see it, without an id until its WebSocket comes; `participants`: those inside. */
export const JoinRoomReply = v.object({
  room: Room,
  participant: v.object({ ...Peer.entries, peerId: v.null() }),
  participants: v.array(Peer),
  wsUrl: v.string(),
  iceServers: v.array(IceServer),
});
export type JoinRoomReply = v.InferOutput<typeof JoinRoomReply>;

/** Comes whole [HT4]. */
export const ParticipantsReply = v.object({ items: v.array(Peer), nextCursor: v.null() });

const IN_A_ROOM = { who: 'user', roomToken: 'in_its_room' } as const;

/** What refuses somebody a room, in the order of [RM1]. */
export const JOIN_ERRORS = [
  'room_not_found',
  'forbidden',
  'banned',
  'room_not_open',
  'room_locked',
  'password_required',
  'wrong_password',
  'rate_limited',
] as const;

/** All codes that may refuse somebody a room, over WebSocket too. */
export const JOIN_REFUSALS = [
  ...JOIN_ERRORS,
  'already_in_room',
  'knock_refused',
  'room_full',
  'limit_reached',
  'unavailable',
  'internal',
] as const;

/** Coming into a room and leaving it without a WebSocket, and who is inside. */
export const PLACE_ENDPOINTS = {
  /** Holds a place until the WebSocket comes. */
  joinRoom: {
    ...IN_A_ROOM,
    method: 'POST',
    path: '/rooms/:roomId/join',
    request: JoinRoomRequest,
    reply: { status: 200, body: JoinRoomReply },
    accepted: JoinKnockReply,
    errors: [...TOKEN_ERRORS, ...BODY_ERRORS, ...JOIN_ERRORS, 'knock_refused', 'room_full', 'limit_reached'],
  },
  leaveRoom: {
    ...IN_A_ROOM,
    method: 'POST',
    path: '/rooms/:roomId/leave',
    request: NoBody,
    reply: { status: 204 },
    errors: [...TOKEN_ERRORS, ...RECEIVING_ERRORS, 'room_not_found', 'forbidden'],
  },
  listParticipants: {
    ...IN_A_ROOM,
    method: 'GET',
    path: '/rooms/:roomId/participants',
    query: WholeListQuery,
    request: NoBody,
    reply: { status: 200, body: ParticipantsReply },
    errors: [...TOKEN_ERRORS, 'room_not_found', 'forbidden'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
