import * as v from 'valibot';
import { CreateRoomReply, CreateRoomRequest } from './bodies.ts';
import { UserIdField, UserInfo } from './fields.ts';
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
