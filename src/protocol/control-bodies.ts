import * as v from 'valibot';
import { CreateRoomReply, CreateRoomRequest } from './bodies.ts';
import { MediaChange, MediaState, UserIdField, UserInfo } from './fields.ts';
import { ROOM_CAPACITY } from './limits.ts';
import { PageQuery, pageOf } from './pages.ts';
import { Room } from './room-fields.ts';

/** Bodies of what backends do [CT0]–[CT4]. */

/** Somebody inside a room or expected there, as backends see it. `userInfo`: any JSON; null for none. */
export const RoomUser = v.object({ id: v.string(), userInfo: v.unknown() });
export type RoomUser = v.InferOutput<typeof RoomUser>;

/** Room fields, and the first user whom the room expects. */
export const ServiceRoomRequest = v.object({
  ...CreateRoomRequest.entries,
  userId: v.optional(UserIdField),
  userInfo: v.optional(UserInfo),
});
export type ServiceRoomRequest = v.InferOutput<typeof ServiceRoomRequest>;
/** `userId` and `userInfo`: of the first user, if one was named. */
export const ServiceRoomReply = v.object({
  roomId: v.string(),
  userId: v.exactOptional(v.string()),
  userInfo: v.exactOptional(v.unknown()),
  users: v.array(RoomUser),
  room: Room,
  url: v.string(),
  wsUrl: v.string(),
});
export type ServiceRoomReply = v.InferOutput<typeof ServiceRoomReply>;

/** What POST `/rooms` answers: a backend gets besides who is expected in the room. */
export const NewRoomReply = v.union([CreateRoomReply, ServiceRoomReply]);

export const AddUserRequest = v.object({ userInfo: v.optional(UserInfo) });
export type AddUserRequest = v.InferOutput<typeof AddUserRequest>;
/** `users`: everybody inside or expected, the new one too. */
export const AddUserReply = v.object({ ...RoomUser.entries, users: v.array(RoomUser) });
export type AddUserReply = v.InferOutput<typeof AddUserReply>;
/** `outbound`: everybody else inside or expected. */
export const RemoveUserReply = v.object({ ...RoomUser.entries, outbound: v.array(RoomUser) });
export type RemoveUserReply = v.InferOutput<typeof RemoveUserReply>;

/** `to`: a user's id; without it the message is for all peers inside. */
export const RoomMessageRequest = v.object({ to: v.optional(UserIdField), data: v.unknown() });
export type RoomMessageRequest = v.InferOutput<typeof RoomMessageRequest>;
/** `delivered`: how many peers get it, suspended ones too. */
export const RoomMessageReply = v.object({ delivered: v.number() });

/** A session, suspended ones too. `roomId`: null outside of rooms. `since`: when the session began. */
export const PresenceItem = v.object({
  roomId: v.nullable(v.string()),
  userId: v.string(),
  peerId: v.string(),
  since: v.string(),
});
export type PresenceItem = v.InferOutput<typeof PresenceItem>;
export const PresenceQuery = PageQuery;
export type PresenceQuery = v.InferOutput<typeof PresenceQuery>;
export const PresenceReply = pageOf(PresenceItem);

/** Text or an object, passed on as it is: a schema of an object would drop members such as `__proto__`. */
const Description = v.union([v.string(), v.custom<object>(isObject)], 'must be a string or an object');

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function eachOnce<Item extends { readonly id: string }>() {
  return v.check<Item[], string>(
    (list) => new Set(list.map(({ id }) => id)).size === list.length,
    'must name each user once',
  );
}

/**
 * What a user sends from now on; media that aren't named stay as they are. `offers`: one for each user named; `offer`: for the
 * only other user.
 */
export const ProduceRequest = v.pipe(
  v.object({
    constraints: v.optional(MediaChange),
    offers: v.optional(
      v.pipe(
        v.array(v.object({ id: UserIdField, offer: Description })),
        v.maxLength(ROOM_CAPACITY.max),
        eachOnce(),
      ),
    ),
    offer: v.optional(Description),
  }),
  v.check(
    ({ constraints, offers, offer }) => constraints !== undefined || (offers ?? offer) !== undefined,
    'must have `constraints`, `offers` or `offer`',
  ),
  v.check(
    ({ offers, offer }) => offers === undefined || offer === undefined,
    'must have `offers` or `offer`, not both',
  ),
);
export type ProduceRequest = v.InferOutput<typeof ProduceRequest>;
/** `constraints`: what the user sends now. `outbound`: everybody else inside or expected. */
export const ProduceReply = v.object({
  ...RoomUser.entries,
  constraints: MediaState,
  outbound: v.array(RoomUser),
});
export type ProduceReply = v.InferOutput<typeof ProduceReply>;

/** Answers to offers, by the id of the user who made the offer. */
export const ConsumeRequest = v.pipe(
  v.object({
    id: v.optional(UserIdField),
    answer: v.optional(Description),
    answers: v.optional(
      v.pipe(
        v.array(v.object({ id: UserIdField, answer: Description })),
        v.minLength(1),
        v.maxLength(ROOM_CAPACITY.max),
        eachOnce(),
      ),
    ),
  }),
  v.check(
    ({ id, answer, answers }) =>
      answers === undefined
        ? id !== undefined && answer !== undefined
        : id === undefined && answer === undefined,
    'must have `id` and `answer`, or `answers`',
  ),
);
export type ConsumeRequest = v.InferOutput<typeof ConsumeRequest>;
export const ConsumeReply = v.object({ status: v.literal('connected') });
export type ConsumeReply = v.InferOutput<typeof ConsumeReply>;
