import type { JWTPayload } from 'jose';
import * as v from 'valibot';
import type { RoomClaim } from '../domain/identity.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { UserKind, Username, Uuid } from '../protocol/fields.ts';
import { tidyName } from '../protocol/names.ts';
import { SendRights } from '../protocol/room-fields.ts';

/** Milliseconds by which clocks may differ: a token is good from so long before `nbf` to so long after `exp` [TK3]. */
export const CLOCK_LEEWAY_MS = 30_000;

/** The claims of an access token that the server reads [TK1]. */
export interface Claims {
  readonly userId: UserId;
  /** Null for a token of another backend. */
  readonly loginId: string | null;
  readonly username: string | null;
  readonly displayName: string | null;
  readonly role: string | null;
  readonly room: RoomClaim | null;
  /** Seconds since 1970; null if the token doesn't say. */
  readonly issuedAt: number | null;
  /** When the token stops being accepted, `CLOCK_LEEWAY_MS` after `exp`: milliseconds since 1970. */
  readonly expiresAt: number;
}

const NOT_A_USER = 'must be an id of 1 to 255 characters';

/** Numbers are accepted too, because many backends number their users. */
const Subject = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger(NOT_A_USER))], NOT_A_USER),
  v.transform(String),
  v.minLength(1, NOT_A_USER),
  v.maxLength(255, NOT_A_USER),
  v.transform((id) => id as UserId),
);

/** A name that doesn't fit is tidied or left out: a backend's odd name must not lock its user out. */
const Name = v.fallback(
  v.nullish(
    v.pipe(
      v.string(),
      v.transform((text) => tidyName(text)),
    ),
    null,
  ),
  null,
);

/** As `Ids.unique` makes them. */
const LoginId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));

const NOT_A_ROOM =
  'must be an object with the id of a room, `admin` and `skipKnock` true or false, and `send` a list of audio, video, screen, chat';

const Room = v.pipe(
  v.object(
    {
      id: Uuid,
      admin: v.optional(v.boolean(NOT_A_ROOM), false),
      name: Name,
      send: v.nullish(SendRights, null),
      skipKnock: v.optional(v.boolean(NOT_A_ROOM), false),
    },
    NOT_A_ROOM,
  ),
  v.transform((room): Omit<RoomClaim, 'issuedAt'> => ({ ...room, id: room.id as RoomId })),
);

/** The last second that a Date can express, minus a minute for the leeway. */
const LATEST_SECONDS = 8_640_000_000_000 - 60;
const NOT_A_TIME = 'must be a time in seconds since 1970';

/** A malformed `room` refuses the token, because it is meant to restrict it. Messages never quote a claim's value. */
const Payload = v.object({
  sub: v.optional(Subject),
  userId: v.optional(Subject),
  exp: v.pipe(v.number(NOT_A_TIME), v.minValue(0, NOT_A_TIME), v.maxValue(LATEST_SECONDS, NOT_A_TIME)),
  iat: v.optional(v.number(NOT_A_TIME)),
  sid: v.fallback(v.nullish(LoginId, null), null),
  kind: v.fallback(v.nullish(UserKind, null), null),
  username: v.fallback(v.nullish(Username, null), null),
  name: Name,
  role: v.fallback(v.nullish(v.string(), null), null),
  room: v.nullish(Room, null),
});

/**
 * @param now milliseconds since 1970
 * @returns the claims, or the reason why they are refused
 */
export function readClaims(payload: JWTPayload, now: number): Claims | string {
  const { success, output, issues } = v.safeParse(Payload, payload);
  if (!success) return `${v.getDotPath(issues[0]) ?? 'a claim'} ${issues[0].message}`;
  const userId = output.sub ?? output.userId;
  if (userId === undefined) return 'it has neither sub nor userId';
  if (output.iat !== undefined && output.iat * 1000 > now + CLOCK_LEEWAY_MS) {
    return 'it was issued in the future; compare the clocks';
  }
  const issuedAt = output.iat ?? null;
  return {
    userId,
    // Another backend's `sid` means a login of its own; only tokens made here say the user's kind.
    loginId: output.kind === null ? null : output.sid,
    username: output.username,
    displayName: output.name,
    role: output.role,
    room: output.room && { ...output.room, issuedAt },
    issuedAt,
    expiresAt: output.exp * 1000 + CLOCK_LEEWAY_MS,
  };
}
