import * as v from 'valibot';
import { chatClientEvents, chatServerEvents } from './chat-events.ts';
import { ERROR_CODES } from './codes.ts';
import {
  IceServer,
  InvitationSecret,
  MediaAtEntry,
  MediaChange,
  MediaState,
  PasswordAttempt,
  Peer,
  User,
  UserIdField,
  UserInfo,
  UserStatus,
  Uuid,
} from './fields.ts';
import { hostClientEvents, hostServerEvents } from './host-events.ts';
import { knockClientEvents, knockServerEvents } from './knock-events.ts';
import { CANDIDATES } from './limits.ts';
import { roomClientEvents, roomServerEvents } from './room-events.ts';
import { Room, ToldSendRights } from './room-fields.ts';

/**
 * WebSocket events [WS3]. Client → server: `{event, id?, payload?}`; server → client: `{event, seq, re?, payload?}`. Payload
 * schemas are looked up by event name; types are inferred from them.
 */

export const HANGUP_REASONS = [
  'user_hangup',
  'user_busy',
  'declined',
  'ice_failed',
  'invite_timeout',
  'media_failed',
  'peer_left',
  'answered_elsewhere',
] as const;
export type HangupReason = (typeof HANGUP_REASONS)[number];

/** Text or an object, opaque to the server and relayed unchanged [CA1]. */
const Opaque = v.union([v.string(), v.looseObject({})], 'must be a string or an object');
const To = v.optional(Uuid);
const Nothing = v.optional(v.looseObject({}));

export const CallOffer = v.looseObject({ to: To, userId: v.optional(UserIdField), sdp: Opaque });
export const CallAnswer = v.looseObject({ to: To, userId: v.optional(UserIdField), sdp: Opaque });
export const CallIce = v.pipe(
  v.looseObject({
    to: To,
    userId: v.optional(UserIdField),
    candidate: v.optional(v.nullable(Opaque)),
    candidates: v.optional(v.pipe(v.array(v.nullable(Opaque)), v.maxLength(CANDIDATES))),
  }),
  v.check(
    ({ candidate, candidates }) => candidate !== undefined || candidates !== undefined,
    'must have `candidate` or `candidates`',
  ),
);
export const CallHangup = v.looseObject({
  to: To,
  userId: v.optional(UserIdField),
  reason: v.optional(v.picklist(HANGUP_REASONS)),
});

/** How the media of a call gets to a peer [CA8]. */
export const CALL_PATHS = ['direct', 'relayed', 'failed'] as const;
export type CallPath = (typeof CALL_PATHS)[number];

export const RoomJoin = v.object({
  roomId: Uuid,
  password: v.optional(PasswordAttempt),
  invite: v.optional(InvitationSecret),
  userInfo: v.optional(UserInfo),
  media: v.optional(MediaAtEntry),
});

/** Payload schemas of the client's events, by name. */
export const clientEvents = {
  ...roomClientEvents,
  'room:join': RoomJoin,
  'room:leave': Nothing,
  ...hostClientEvents,
  ...knockClientEvents,
  'call:offer': CallOffer,
  'call:answer': CallAnswer,
  'call:ice': CallIce,
  'call:hangup': CallHangup,
  'call:path': v.object({ to: Uuid, path: v.picklist(CALL_PATHS) }),
  ...chatClientEvents,
  'media:state': MediaChange,
  speaking: v.object({ speaking: v.boolean() }),
  typing: v.object({ typing: v.boolean() }),
  'session:ack': v.object({ seq: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  'session:token': v.object({ token: v.pipe(v.string(), v.minLength(1), v.maxLength(8192)) }),
  'session:bye': Nothing,
  ping: Nothing,
} as const;
export type ClientEvent = keyof typeof clientEvents;
export type ClientPayload<E extends ClientEvent> = v.InferOutput<(typeof clientEvents)[E]>;
/** Events that are relayed from peer to peer with their payload untouched. */
export const CALL_EVENTS = ['call:offer', 'call:answer', 'call:ice', 'call:hangup'] as const;
export type CallEvent = (typeof CALL_EVENTS)[number];

const From = { from: v.string(), fromUserId: v.string() };
/** `from` is null if a backend sends for a user who has no peer inside [CT2]. */
const FromUser = { ...From, from: v.nullable(v.string()) };
const PeerRef = { peerId: v.string() };

export const LEAVE_REASONS = [
  'left',
  'hangup',
  'timeout',
  'kicked',
  'banned',
  'room_closed',
  'replaced',
] as const;
export type LeaveReason = (typeof LEAVE_REASONS)[number];

export const Welcome = v.object({
  protocol: v.literal(1),
  peerId: v.string(),
  user: User,
  resumeToken: v.string(),
  resumed: v.boolean(),
  lastId: v.number(),
  resumeWindowMs: v.number(),
  heartbeatMs: v.number(),
  limits: v.object({ messageBytes: v.number(), messagesPerSecond: v.number(), burst: v.number() }),
  serverTime: v.string(),
  /** Names of what this server can do, so that clients and servers of different ages get along. Older servers tell none. */
  features: v.fallback(v.array(v.string()), []),
});
export type Welcome = v.InferOutput<typeof Welcome>;

/** Any keys: `v.record` would drop `constructor` and `__proto__`. */
const SharedData = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

/** Payload schemas of the server's events, by name. */
export const serverEvents = {
  ...roomServerEvents,
  welcome: Welcome,
  ack: v.optional(v.looseObject({})),
  error: v.object({
    /** A client of this version reads a code of a later version as `internal`; the message says what happened. */
    code: v.fallback(v.picklist(ERROR_CODES), 'internal'),
    message: v.string(),
    retryAfterMs: v.optional(v.number()),
  }),
  pong: v.object({ serverTime: v.string() }),
  'session:expiring': v.object({ atMs: v.number() }),
  'server:draining': v.object({ reconnectAfterMs: v.number() }),
  'room:joined': v.object({
    room: Room,
    peerId: v.string(),
    peers: v.array(Peer),
    iceServers: v.array(IceServer),
    /** What the newcomer itself may do. */
    you: v.object({ host: v.boolean(), send: ToldSendRights }),
    /** The room's shared data [RM9]. */
    data: SharedData,
    /** The id of the last message that is stored [CH3]. */
    chat: v.object({ lastId: v.nullable(v.string()) }),
  }),
  /** The room's new state, to all inside. */
  'room:updated': v.object({ room: Room }),
  ...knockServerEvents,
  ...hostServerEvents,
  'peer:joined': v.object({ peer: Peer }),
  /** A client of this version reads a reason of a later version as `left`. */
  'peer:left': v.object({ ...PeerRef, reason: v.fallback(v.picklist(LEAVE_REASONS), 'left') }),
  'peer:suspended': v.object(PeerRef),
  'peer:resumed': v.object(PeerRef),
  'peer:media': v.object({ ...PeerRef, ...MediaState.entries }),
  'peer:speaking': v.object({ ...PeerRef, speaking: v.boolean() }),
  'peer:typing': v.object({ ...PeerRef, typing: v.boolean() }),
  'call:offer': v.looseObject({ ...FromUser, sdp: Opaque }),
  'call:answer': v.looseObject({ ...FromUser, sdp: Opaque }),
  'call:ice': v.looseObject({
    ...From,
    candidate: v.optional(v.nullable(Opaque)),
    candidates: v.optional(v.array(v.nullable(Opaque))),
  }),
  'call:hangup': v.looseObject({ ...From, reason: v.optional(v.string()) }),
  ...chatServerEvents,
  /** To those who share a room with the user [AC4]. */
  'user:status': v.object({ userId: v.string(), status: UserStatus, customStatus: v.nullable(v.string()) }),
  'ice:servers': v.object({ iceServers: v.array(IceServer), expiresAt: v.string() }),
  /** To those who have a call [CA9]. */
  'relay:restarted': v.object({}),
} as const;
export type ServerEvent = keyof typeof serverEvents;
export type ServerPayload<E extends ServerEvent> = v.InferOutput<(typeof serverEvents)[E]>;

/** Envelope of a client's event [WS3], [WS4]. */
export const ClientEnvelope = v.object({
  event: v.string(),
  id: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  payload: v.optional(v.unknown()),
});

/** Envelope of a server's event [WS3], [WS5]. Only the welcome of a resumed session has no `seq` [SE1]. */
export const ServerEnvelope = v.object({
  event: v.string(),
  seq: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  re: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  payload: v.optional(v.unknown()),
});
