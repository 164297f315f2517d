import * as v from 'valibot';
import { FullUser } from './bodies.ts';
import {
  AvatarUrl,
  Bio,
  CustomStatus,
  DisplayName,
  PasswordAttempt,
  User,
  Username,
  UserStatus,
} from './fields.ts';
import { PageQuery, pageOf } from './pages.ts';

/** Schemas of requests for users and their profiles, and of the replies. */

/** `q`: what a username or a display name begins with, ignoring case. */
export const UsersQuery = v.object({
  ...PageQuery.entries,
  q: v.optional(v.string('must be given only once'), ''),
});

/** A user as others see it; with `email` and `role` to the user itself and to admins. */
export const SeenUser = v.object({
  ...User.entries,
  email: v.exactOptional(FullUser.entries.email),
  role: v.exactOptional(FullUser.entries.role),
});
export type SeenUser = v.InferOutput<typeof SeenUser>;

/** Null clears a field. */
export const ProfileRequest = v.object({
  username: v.optional(v.nullable(Username)),
  displayName: v.optional(v.nullable(DisplayName)),
  bio: v.optional(v.nullable(Bio)),
  avatarUrl: v.optional(v.nullable(AvatarUrl)),
});
export type ProfileRequest = v.InferOutput<typeof ProfileRequest>;

/** One's own account with a password takes that; an admin deletes others without. */
export const DeleteUserRequest = v.object({ password: v.optional(PasswordAttempt) });

/** Null clears `customStatus`; without it, it stays. */
export const StatusRequest = v.object({
  status: UserStatus,
  customStatus: v.optional(v.nullable(CustomStatus)),
});
export type StatusRequest = v.InferOutput<typeof StatusRequest>;

export const UsersReply = pageOf(SeenUser);
export const SeenUserReply = v.object({ user: SeenUser });
export const FullUserReply = v.object({ user: FullUser });
