import * as v from 'valibot';
import { PASSWORD_CHARACTERS, USER_INFO_CHARACTERS } from './limits.ts';
import {
  ALLOWED_LINES,
  BIO_CHARACTERS,
  CUSTOM_STATUS_CHARACTERS,
  DISPLAY_NAME_CHARACTERS,
  jsonField,
  nameField,
  textField,
  USERNAME_CHARACTERS,
} from './names.ts';
import { ToldSendRights } from './room-fields.ts';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Room and peer ids: a lower-case UUID of any version. */
export const Uuid = v.pipe(
  v.string(),
  v.regex(UUID, 'must be a UUID in lower case, such as 3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a'),
);

export const UserIdField = v.pipe(v.string(), v.minLength(1), v.maxLength(255));

export const Username = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^[A-Za-z0-9_-]{${USERNAME_CHARACTERS.min},${USERNAME_CHARACTERS.max}}$`),
    `must be ${USERNAME_CHARACTERS.min} to ${USERNAME_CHARACTERS.max} of the characters A-Z a-z 0-9 _ -`,
  ),
);

export const DisplayName = nameField(DISPLAY_NAME_CHARACTERS);

const UP_TO_MAX = new RegExp(`^.{0,${PASSWORD_CHARACTERS.max}}$`, 'su');
const TOO_LONG = `must be at most ${PASSWORD_CHARACTERS.max} characters`;

/** A password of an account or a room. Rooms allow short ones too: people read them out on the phone. */
export const Password = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^.{${PASSWORD_CHARACTERS.min},}$`, 'su'),
    `must be at least ${PASSWORD_CHARACTERS.min} characters`,
  ),
  v.regex(UP_TO_MAX, TOO_LONG),
);

/** A password attempt. Short text is accepted, so the reply doesn't reveal whether a guess was malformed or just wrong. */
export const PasswordAttempt = v.pipe(v.string(), v.regex(UP_TO_MAX, TOO_LONG));

/** The secret of an invitation. Any text is accepted, so that a mangled one is refused as a wrong one is. */
export const InvitationSecret = v.pipe(v.string(), v.maxLength(512));

/** What an application tells the others about a participant: any JSON of bounded size. */
export const UserInfo = jsonField(USER_INFO_CHARACTERS);

export const MediaState = v.object({ audio: v.boolean(), video: v.boolean(), screen: v.boolean() });
export type MediaState = v.InferOutput<typeof MediaState>;

/** What a newcomer sends; media that aren't named are off [RM1]. */
export const MediaAtEntry = v.object({
  audio: v.optional(v.boolean(), false),
  video: v.optional(v.boolean(), false),
  screen: v.optional(v.boolean(), false),
});

/** What a peer sends from now on; media that aren't named stay as they are. */
export const MediaChange = v.object({
  audio: v.exactOptional(v.boolean()),
  video: v.exactOptional(v.boolean()),
  screen: v.exactOptional(v.boolean()),
});
export type MediaChange = v.InferOutput<typeof MediaChange>;

export const UserKind = v.picklist(['registered', 'guest', 'external']);
export type UserKind = v.InferOutput<typeof UserKind>;
/** `UserKind` as the server tells it. A client of this version reads a kind of a later one as `guest`, the least trusted. */
export const ToldUserKind = v.fallback(UserKind, 'guest');

export const UserStatus = v.picklist(['online', 'idle', 'dnd', 'offline']);
export type UserStatus = v.InferOutput<typeof UserStatus>;

/** `admin`: runs the server. */
export const UserRole = v.picklist(['admin']);
export type UserRole = v.InferOutput<typeof UserRole>;

/** Max 254 characters, 64 of them before the `@` (RFC 5321, 4.5.3.1). Only a message to it could prove more. */
export const Email = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(254, 'must be at most 254 characters'),
  v.regex(/^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]+$/u, 'must be an e-mail address, such as ada@example.org'),
);

export const CustomStatus = textField(CUSTOM_STATUS_CHARACTERS);
export const Bio = textField(BIO_CHARACTERS, ALLOWED_LINES);

export const AvatarUrl = v.pipe(
  v.string(),
  v.maxLength(2_048, 'must be at most 2048 characters'),
  v.regex(/^https:\/\/[^\s/?#@]+([/?#]\S*)?$/i, 'must be an https URL'),
);

/** A time as ISO 8601 [HT1], such as `2026-11-22T00:40:00Z`; another offset than UTC is accepted too. */
export const IsoTime = v.pipe(v.string(), v.check(isTime, 'must be a time, such as 2026-11-22T00:40:00Z'));

/** The times that ISO 8601 writes with a year of four digits. */
const FIRST_TIME = Date.parse('0000-01-01T00:00:00Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Whether a text is an ISO 8601 time with an offset, in the years 0 to 9999 of UTC too: what is accepted is told in the same
 * form. `Date` itself takes 30 February for 2 March.
 */
function isTime(text: string): boolean {
  const [, date = ''] =
    /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const day = Date.parse(`${date}T00:00:00Z`);
  const time = Date.parse(text);
  if (Number.isNaN(time) || Number.isNaN(day) || time < FIRST_TIME || time > LAST_TIME) return false;
  return new Date(day).toISOString().startsWith(date);
}

/** A user as others see it, never with `email`. `createdAt` is ISO 8601. */
export const User = v.object({
  id: v.string(),
  username: v.nullable(v.string()),
  displayName: v.nullable(v.string()),
  kind: ToldUserKind,
  /** A client of this version reads a status of a later one as `online`. */
  status: v.fallback(UserStatus, 'online'),
  customStatus: v.nullable(v.string()),
  avatarUrl: v.nullable(v.string()),
  bio: v.nullable(v.string()),
  createdAt: v.string(),
});
export type User = v.InferOutput<typeof User>;

/** An element of `RTCConfiguration.iceServers`. */
export const IceServer = v.object({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
});
export type IceServer = v.InferOutput<typeof IceServer>;

/**
 * A peer inside a room [RM1]. `polite`: whether the receiver is the polite side toward this peer [RM2]. `host`: whether it
 * may run the room [RM6]; `send`: what it may send; `hand`: when it was raised, null if it is down [RM10].
 */
export const Peer = v.object({
  peerId: v.string(),
  userId: v.string(),
  username: v.nullable(v.string()),
  displayName: v.nullable(v.string()),
  userInfo: v.unknown(),
  media: MediaState,
  /** A client of this version reads a state of a later one as `live`. */
  state: v.fallback(v.picklist(['live', 'suspended']), 'live'),
  polite: v.boolean(),
  host: v.boolean(),
  send: ToldSendRights,
  hand: v.nullable(v.string()),
});
export type Peer = v.InferOutput<typeof Peer>;
