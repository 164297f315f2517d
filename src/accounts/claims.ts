import type { JWTPayload } from 'jose';
import * as v from 'valibot';
import type { RoomId, UserId } from '../lib/ids.ts';
import { DisplayName, UserIdField, Username, Uuid } from '../protocol/fields.ts';

/** What is used of an access token [TK1]. */
export interface Claims {
  readonly userId: UserId;
  readonly loginId: string | null;
  readonly username: string | null;
  readonly displayName: string | null;
  readonly role: string | null;
  readonly room: { readonly id: RoomId; readonly admin: boolean; readonly name: string | null } | null;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Numbers too: many a backend counts its users. */
const Subject = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger())]),
  v.transform(String),
  UserIdField,
  v.transform((id) => id as UserId),
);

const Room = v.pipe(
  v.object({ id: Uuid, admin: v.optional(v.boolean(), false), name: v.nullish(v.string(), null) }),
  v.transform((room) => ({ ...room, id: room.id as RoomId })),
);

/** A name that does not fit ours is left out; a wrong `room` refuses the token, as it is there to restrict it. */
const Payload = v.object({
  sub: v.optional(Subject),
  userId: v.optional(Subject),
  exp: v.number(),
  sid: v.fallback(v.nullish(v.string(), null), null),
  username: v.fallback(v.nullish(Username, null), null),
  name: v.fallback(v.nullish(DisplayName, null), null),
  role: v.fallback(v.nullish(v.string(), null), null),
  room: v.nullish(Room, null),
});

/** @returns the claims, or what is wrong with them */
export function readClaims(payload: JWTPayload): Claims | string {
  const { success, output, issues } = v.safeParse(Payload, payload);
  if (!success) return `${v.getDotPath(issues[0]) ?? 'a claim'} ${issues[0].message}`;
  const userId = output.sub ?? output.userId;
  if (userId === undefined) return 'it has neither sub nor userId';
  return {
    userId,
    loginId: output.sid,
    username: output.username,
    displayName: output.name,
    role: output.role,
    room: output.room,
    expiresAt: output.exp * 1000,
  };
}
