import * as v from 'valibot';
import { ERROR_CODES } from './codes.ts';
import {
  DisplayName,
  Email,
  IceServer,
  IsoTime,
  Password,
  PasswordAttempt,
  Peer,
  User,
  Username,
  UserRole,
  Uuid,
} from './fields.ts';
import { ChatPolicy, EmptySeconds, Metadata, Room, RoomMax, RoomName } from './room-fields.ts';

/** Max value of an invitation's `uses`. */
const INVITE_USES = 1_000_000;

/** Schemas of HTTP bodies. Requests with unknown fields are accepted; the unknown fields are dropped. */

export const GuestRequest = v.object({
  username: v.optional(Username),
  displayName: v.optional(DisplayName),
});
export const RefreshRequest = v.object({
  refreshToken: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
});
/** `invite`: the secret of an invitation; any text is accepted, so that a mangled one is refused as a wrong one is. */
export const RegisterRequest = v.object({
  email: Email,
  password: Password,
  username: v.optional(Username),
  displayName: v.optional(DisplayName),
  invite: v.optional(v.pipe(v.string(), v.maxLength(512))),
});
export type RegisterRequest = v.InferOutput<typeof RegisterRequest>;
export const LoginRequest = v.object({ email: Email, password: PasswordAttempt });
export type LoginRequest = v.InferOutput<typeof LoginRequest>;
export const PasswordRequest = v.object({ current: PasswordAttempt, new: Password });
export type PasswordRequest = v.InferOutput<typeof PasswordRequest>;
/** The secret of a link. Any text is accepted, so that a mangled one is refused as a wrong one is. */
const LinkToken = v.pipe(v.string(), v.maxLength(512));
export const ResetRequest = v.object({ token: LinkToken, password: Password });
export type ResetRequest = v.InferOutput<typeof ResetRequest>;
export const SetupRequest = v.object({
  token: LinkToken,
  email: Email,
  password: Password,
  username: v.optional(Username),
  displayName: v.optional(DisplayName),
});
export type SetupRequest = v.InferOutput<typeof SetupRequest>;
/** `uses`: how often it can be used; without it as often as one likes. */
export const InviteRequest = v.object({
  uses: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(INVITE_USES))),
  expiresAt: v.nullish(IsoTime),
});
export type InviteRequest = v.InferOutput<typeof InviteRequest>;
/** `room`: the room that the person comes from; empty for none. */
export const StartOidcQuery = v.object({
  room: v.optional(
    v.union([v.literal(''), v.pipe(v.string(), v.toLowerCase(), Uuid)], Uuid.pipe[1].message),
    '',
  ),
});
/** The code that the page found behind `#code=` [TK6]. */
export const FinishOidcRequest = v.object({ code: v.pipe(v.string(), v.minLength(1), v.maxLength(512)) });
export const CreateRoomRequest = v.object({
  name: v.nullish(RoomName),
  max: v.optional(RoomMax),
  password: v.nullish(Password),
  persistent: v.optional(v.boolean()),
  listed: v.optional(v.boolean()),
  waitingRoom: v.optional(v.boolean()),
  locked: v.optional(v.boolean()),
  chat: v.optional(ChatPolicy),
  relayOnly: v.optional(v.boolean()),
  notBefore: v.nullish(IsoTime),
  expiresAt: v.nullish(IsoTime),
  endAtExpiry: v.optional(v.boolean()),
  emptySeconds: v.optional(EmptySeconds),
  metadata: v.optional(Metadata),
});
export type CreateRoomRequest = v.InferOutput<typeof CreateRoomRequest>;

/** A user as the user itself and admins see it. */
export const FullUser = v.object({
  ...User.entries,
  email: v.nullable(v.string()),
  /** A client of this version reads a role of a later one as none. */
  role: v.fallback(v.nullable(UserRole), null),
});
export type FullUser = v.InferOutput<typeof FullUser>;

/** A user with a new pair of tokens. */
export const TokensReply = v.object({
  user: FullUser,
  accessToken: v.string(),
  refreshToken: v.string(),
  expiresInSeconds: v.number(),
});
export type TokensReply = v.InferOutput<typeof TokensReply>;

/** An invitation to register, without its secret. */
export const RegistrationInvite = v.object({
  id: v.string(),
  uses: v.nullable(v.number()),
  used: v.number(),
  createdAt: v.string(),
  expiresAt: v.nullable(v.string()),
});
export type RegistrationInvite = v.InferOutput<typeof RegistrationInvite>;
export const CreateInviteReply = v.object({ id: v.string(), url: v.string() });
/** Comes whole. */
export const InvitesReply = v.object({ items: v.array(RegistrationInvite), nextCursor: v.null() });

export const MeReply = v.object({ user: TokensReply.entries.user });

/** Where a user is signed in [AC6]. `lastUsedAt`: the last refresh; before the first one, the sign-in. */
export const LoginEntry = v.object({
  id: v.string(),
  createdAt: v.string(),
  lastUsedAt: v.string(),
  userAgent: v.nullable(v.string()),
  /** Whether the token that asks is of this login. */
  current: v.boolean(),
});
export type LoginEntry = v.InferOutput<typeof LoginEntry>;
/** One's own logins come whole [HT4]. */
export const LoginsReply = v.object({ items: v.array(LoginEntry), nextCursor: v.null() });

export const CreateRoomReply = v.object({ room: Room, url: v.string(), wsUrl: v.string() });
export const CreateReply = v.object({ roomId: v.string(), ...CreateRoomReply.entries });
export const RoomReply = v.object({ room: Room });
export const ConnectReply = v.object({
  room: Room,
  wsUrl: v.string(),
  iceServers: v.array(IceServer),
  peers: v.array(Peer),
});
/** `for`: `test` asks for credentials of the relay with which anybody may try it. */
export const IceServersQuery = v.object({
  for: v.optional(v.literal('test', 'must be `test`, if it is there')),
});
export const IceServersReply = v.object({ iceServers: v.array(IceServer), expiresAt: v.string() });

export const JwksReply = v.object({ keys: v.array(v.looseObject({})) });
export const HealthReply = v.object({ status: v.literal('ok') });
/** Where the certificate of HTTPS comes from; `none`: this server speaks plain HTTP, maybe behind a proxy. */
const CertificateKind = v.picklist(['self_signed', 'acme', 'files', 'none']);
/** `degraded`: calls work, except those that need the relay. */
export const ReadinessReply = v.union([
  v.object({ status: v.literal('ready'), certificate: CertificateKind }),
  v.object({
    status: v.literal('degraded'),
    certificate: CertificateKind,
    turn: v.object({
      status: v.literal('degraded'),
      problems: v.array(v.object({ code: v.string(), message: v.string() })),
    }),
  }),
]);

/** RFC 9457 [HT2]. */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  code: v.picklist(ERROR_CODES),
  retryAfterMs: v.optional(v.number()),
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string() }))),
});
export type Problem = v.InferOutput<typeof Problem>;
